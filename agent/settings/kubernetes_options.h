/* The rows of Kubernetes in option_table.c, the only file that includes this. */
#ifndef SETTINGS_KUBERNETES_OPTIONS_H
#define SETTINGS_KUBERNETES_OPTIONS_H

#include "settings/option_table.h"
#include "settings/settings.h"

static const struct option_word kubernetes_words[] = {
	{"auto", KUBERNETES_AUTO}, {"on", KUBERNETES_ON}, {"off", KUBERNETES_OFF}, {0}};

/* clang-format off */
#define KUBERNETES_OPTION(word, field, variable) \
	.name = word, .key = "kubernetes." #field, .environment = {variable}, .group = GROUP_KUBERNETES, \
	.offset = offsetof(struct settings, kubernetes.field)

#define KUBERNETES_OPTIONS \
	{KUBERNETES_OPTION("kubernetes", mode, "LIMPET_KUBERNETES"), .type = OPTION_WORD, .initial = "auto", \
	 .words = kubernetes_words, .placeholder = "WHEN", \
	 .help = "name pods by the API server; auto: agent does, inside a cluster"}, \
	{KUBERNETES_OPTION("kubernetes-node", node, "LIMPET_NODE_NAME"), .type = OPTION_STRING, \
	 .placeholder = "NAME", .help = "this node as the cluster calls it: spec.nodeName of the agent's own pod"}, \
	{KUBERNETES_OPTION("kubernetes-server", server, "LIMPET_KUBERNETES_SERVER"), .type = OPTION_URL, \
	 .placeholder = "URL", .example = "https://10.96.0.1:443", \
	 .help = "the API server; without: the one of the cluster this runs in"}, \
	{KUBERNETES_OPTION("kubernetes-token-file", token_file, "LIMPET_KUBERNETES_TOKEN_FILE"), \
	 .type = OPTION_FILE, .placeholder = "FILE", .help = "token for it; without: the service account's"}, \
	{KUBERNETES_OPTION("kubernetes-ca-file", ca_file, "LIMPET_KUBERNETES_CA_FILE"), .type = OPTION_FILE, \
	 .placeholder = "FILE", .help = "authority that vouches for it (PEM); without: the service account's"}, \
	{KUBERNETES_OPTION("cluster-name", cluster_name, "LIMPET_CLUSTER_NAME"), .type = OPTION_STRING, \
	 .placeholder = "NAME", .help = "k8s.cluster.name of everything from here"}, \
	{KUBERNETES_OPTION("pod-labels", pod_labels, "LIMPET_POD_LABELS"), .type = OPTION_STRING, \
	 .placeholder = "NAME,NAME", .help = "labels of pods shown as attributes; * at the end of a name: any"}, \
	{KUBERNETES_OPTION("pod-annotations", pod_annotations, "LIMPET_POD_ANNOTATIONS"), .type = OPTION_STRING, \
	 .placeholder = "NAME,NAME", .help = "annotations of pods shown as attributes, likewise"}, \
	{KUBERNETES_OPTION("labels-name-services", labels_name_services, "LIMPET_LABELS_NAME_SERVICES"), \
	 .type = OPTION_BOOLEAN, .initial = "off", .bare = "on", \
	 .help = "service.name and version by app.kubernetes.io/instance, name and version"}, \
	{KUBERNETES_OPTION("pod-dsn", pod_dsn, "LIMPET_POD_DSN"), .type = OPTION_BOOLEAN, .initial = "off", \
	 .bare = "on", .help = "a pod may name a Secret of its namespace with a DSN of its own (limpet.io/sentry-dsn-secret)"}, \
	{KUBERNETES_OPTION("max-pods", max_pods, "LIMPET_MAX_PODS"), .type = OPTION_NUMBER, .initial = "512", \
	 .min = 1, .max = 16384, .placeholder = "COUNT", .help = "most pods of this node that are known at once"}
/* clang-format on */

#endif
