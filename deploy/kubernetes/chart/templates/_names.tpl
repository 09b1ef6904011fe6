{{/* Names and labels of all objects. */}}

{{- define "limpet.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
{{- end }}

{{- define "limpet.fullname" -}}
{{- $name := include "limpet.name" . }}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride | trunc 63 | trimSuffix "-" }}
{{- else if contains $name .Release.Name }}
{{- .Release.Name | trunc 63 | trimSuffix "-" }}
{{- else }}
{{- printf "%s-%s" .Release.Name $name | trunc 63 | trimSuffix "-" }}
{{- end }}
{{- end }}

{{- define "limpet.selectorLabels" -}}
app.kubernetes.io/name: {{ include "limpet.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "limpet.labels" -}}
{{ include "limpet.selectorLabels" . }}
app.kubernetes.io/component: agent
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end }}

{{- define "limpet.serviceAccountName" -}}
{{- if .Values.serviceAccount.create }}
{{- default (include "limpet.fullname" .) .Values.serviceAccount.name }}
{{- else }}
{{- default "default" .Values.serviceAccount.name }}
{{- end }}
{{- end }}

{{- define "limpet.secretName" -}}
{{- default (include "limpet.fullname" .) .Values.secret.existingSecret }}
{{- end }}

{{- define "limpet.image" -}}
{{- if .Values.image.digest }}
{{- printf "%s@%s" .Values.image.repository .Values.image.digest }}
{{- else }}
{{- printf "%s:%s" .Values.image.repository (default .Chart.AppVersion .Values.image.tag) }}
{{- end }}
{{- end }}

{{/* "RuntimeDefault", "Unconfined" or "localhost/PROFILE" as a field of Kubernetes. */}}
{{- define "limpet.profile" -}}
{{- if hasPrefix "localhost/" . -}}
type: Localhost
localhostProfile: {{ trimPrefix "localhost/" . }}
{{- else -}}
type: {{ . }}
{{- end }}
{{- end }}
