/*
 * Who made a pod's owner: the Deployment of a ReplicaSet, the CronJob of a Job. By their names,
 * which their controllers make by a rule; asking the API server would need the right to read
 * objects of the whole cluster that tell no more.
 */
#ifndef KUBERNETES_POD_WORKLOAD_H
#define KUBERNETES_POD_WORKLOAD_H

#include "base/view.h"

/* A Deployment names its ReplicaSets NAME-HASH, and labels their pods pod-template-hash=HASH. Empty
 * when it was none. */
struct view pod_workload_deployment(struct view replicaset, struct view template_hash);

/* A CronJob names its Jobs NAME-TIME, in minutes since 1970 (before 1.21: in seconds). Empty when
 * it was none. */
struct view pod_workload_cronjob(struct view job);

#endif
