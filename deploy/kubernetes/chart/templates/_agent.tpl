{{/*
What the chart tells the agent: limpet.yaml, its environment, its secrets. Every name of an option is in this file.
*/}}

{{/* The settings, with what other values say of them, as a map in JSON. */}}
{{- define "limpet.settings" -}}
{{- $settings := deepCopy .Values.settings }}
{{- if not .Values.spool.enabled }}
{{- $settings = mergeOverwrite $settings (dict "delivery" (dict "spool_directory" "off")) }}
{{- end }}
{{- toJson $settings }}
{{- end }}

{{/*
A map as limpet.yaml: on and off, which YAML's readers make true and false of, become words again, and whole numbers
stay whole.
*/}}
{{- define "limpet.yaml" -}}
{{- range $key, $value := . }}
{{- if kindIs "map" $value }}
{{- with include "limpet.yaml" $value | trim }}
{{ $key }}:
{{- . | nindent 2 }}
{{- end }}
{{- else if kindIs "bool" $value }}
{{ $key }}: {{ ternary "on" "off" $value }}
{{- else if kindIs "float64" $value }}
{{ $key }}: {{ if eq $value (floor $value) }}{{ int64 $value }}{{ else }}{{ $value }}{{ end }}
{{- else if kindIs "string" $value }}
{{ $key }}: {{ toJson $value }}
{{- else if not (kindIs "invalid" $value) }}
{{- fail (printf "settings: %s is a list; limpet.yaml has none: write its elements as one text, with commas" $key) }}
{{- end }}
{{- end }}
{{- end }}

{{- define "limpet.environment" -}}
# The node's name, not the pod's, is what the machine is called.
- name: LIMPET_NODE_NAME
  valueFrom:
    fieldRef:
      fieldPath: spec.nodeName
{{- if not (dig "identity" "server_name" "" .Values.settings) }}
- name: LIMPET_SERVER_NAME
  value: $(LIMPET_NODE_NAME)
{{- end }}
{{- if .Values.metrics.enabled }}
- name: LIMPET_METRICS_LISTEN
  value: {{ printf "0.0.0.0:%d" (int .Values.metrics.port) | quote }}
{{- end }}
- name: LIMPET_KUBERNETES
  value: {{ ternary "on" "off" .Values.kubernetes.enabled | quote }}
{{- if .Values.kubernetes.enabled }}
- name: LIMPET_POD_DSN
  value: {{ ternary "on" "off" .Values.kubernetes.podDsn | quote }}
{{- end }}
{{- with .Values.kubernetes.clusterName }}
- name: LIMPET_CLUSTER_NAME
  value: {{ . | quote }}
{{- end }}
{{- $socket := .Values.hostMounts.runtimeSocket }}
- name: LIMPET_CONTAINER_SOCKETS
  value: {{ $socket | empty | ternary "off" (printf "%s:%s" (regexMatch "(docker|podman)\\.sock$" $socket | ternary "docker" "cri") $socket) | quote }}
{{- if include "limpet.hasSecret" . }}
# Where the agent looks for the files that the volume "credentials" has.
- name: CREDENTIALS_DIRECTORY
  value: /var/run/secrets/limpet
{{- end }}
{{- end }}

{{/* The names by which the agent knows credentials, whatever the secret calls them; both may be missing. */}}
{{- define "limpet.credentials" -}}
secret:
  secretName: {{ include "limpet.secretName" . }}
  optional: true
  defaultMode: 0400
  items:
    - {key: {{ .Values.secret.sentryDsnKey }}, path: limpet.sentry-dsn}
    - {key: {{ .Values.secret.otlpHeadersKey }}, path: limpet.otlp-headers}
{{- end }}

{{- define "limpet.hasSecret" -}}
{{- if or .Values.secret.existingSecret .Values.secret.sentryDsn .Values.secret.otlpHeaders }}yes{{ end }}
{{- end }}

{{/* Values that are well-formed each and make no sense together. */}}
{{- define "limpet.refuse" -}}
{{- $settings := .Values.settings }}
{{- range list "headers" "traces_headers" "logs_headers" }}
{{- if dig "otlp" . "" $settings }}
{{- fail (printf "settings.otlp.%s would be readable in a ConfigMap; use secret.otlpHeaders or secret.existingSecret" .) }}
{{- end }}
{{- end }}
{{- if dig "sentry" "dsn" "" $settings }}
{{- fail "settings.sentry.dsn would be readable in a ConfigMap; use secret.sentryDsn or secret.existingSecret" }}
{{- end }}
{{- $otlp := or (dig "otlp" "endpoint" "" $settings) (dig "otlp" "traces_endpoint" "" $settings) }}
{{- $trees := dig "terminal" "trees" "" $settings | toString }}
{{- $file := or (dig "sentry" "file" "" $settings) (dig "terminal" "json_file" "" $settings) (has $trees (list "on" "true")) }}
{{- if not (or $otlp $file .Values.secret.existingSecret .Values.secret.sentryDsn) }}
{{- fail "no destination: set settings.otlp.endpoint, or secret.existingSecret or secret.sentryDsn for Sentry" }}
{{- end }}
{{- range list "mode" "pod_dsn" "cluster_name" }}
{{- if hasKey (dig "kubernetes" dict $settings) . }}
{{- fail (printf "settings.kubernetes.%s: the values kubernetes.enabled, podDsn and clusterName say this, with the rights it takes" .) }}
{{- end }}
{{- end }}
{{- if dig "metadata" "container_sockets" "" $settings }}
{{- fail "settings.metadata.container_sockets: the value hostMounts.runtimeSocket says this, with the mount" }}
{{- end }}
{{- if dig "service" "metrics_listen" "" $settings }}
{{- fail "settings.service.metrics_listen: the value metrics.port says this, with the probes" }}
{{- end }}
{{- if and .Values.podMonitor.enabled (not .Values.metrics.enabled) }}
{{- fail "podMonitor.enabled needs metrics.enabled" }}
{{- end }}
{{- if and .Values.kubernetes.podDsn (not .Values.kubernetes.enabled) }}
{{- fail "kubernetes.podDsn needs kubernetes.enabled" }}
{{- end }}
{{- if and .Values.security.runAsNonRoot (or .Values.security.sysAdmin .Values.security.sysResource) }}
{{- fail "security.sysAdmin and security.sysResource need security.runAsNonRoot=false: the image's file capabilities do not hold them" }}
{{- end }}
{{- end }}
