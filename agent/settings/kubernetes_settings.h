/* Where the Kubernetes API server is, and what of a pod matters. */
#ifndef SETTINGS_KUBERNETES_SETTINGS_H
#define SETTINGS_KUBERNETES_SETTINGS_H

#include <stdbool.h>
#include <stdint.h>

enum kubernetes_mode { KUBERNETES_AUTO, KUBERNETES_ON, KUBERNETES_OFF };

struct kubernetes_settings {
	enum kubernetes_mode mode; /* --kubernetes auto|on|off; auto: the agent, inside a cluster */
	char *node;                /* --kubernetes-node, LIMPET_NODE_NAME: whose pods */
	char *server;              /* --kubernetes-server; NULL: KUBERNETES_SERVICE_HOST, _PORT */
	char *token_file;          /* --kubernetes-token-file; NULL: the service account's */
	char *ca_file;             /* --kubernetes-ca-file; likewise */
	char *cluster_name;        /* --cluster-name: k8s.cluster.name; NULL: not known */
	char *pod_labels;      /* --pod-labels, shown as attributes: names with commas between */
	char *pod_annotations; /* --pod-annotations */
	bool labels_name_services; /* --labels-name-services: app.kubernetes.io/…; default off */
	bool pod_dsn;              /* --pod-dsn: a pod may name a Secret with a DSN; default off */
	uint64_t max_pods;         /* --max-pods, default 512 */
};

#endif
