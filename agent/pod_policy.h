/*
 * What a pod decides about its own items, looked up as each goes out: whether at all, how many, and
 * to which project. Capture thread.
 */
#ifndef POD_POLICY_H
#define POD_POLICY_H

#include "kubernetes/pod_source.h"
#include "model/item.h"

/*
 * False: DROP_POD_MUTED (limpet.io/trace: "false"), or DROP_SAMPLED (limpet.io/sample-rate, of a
 * trace that began before the pod was known). *ret_dsn: NULL: the agent's own. pods NULL: no
 * cluster. Nobody else has the item yet.
 */
bool pod_policy_admits(struct pod_source *pods, struct item *item, enum drop_reason *ret_reason,
		       const char **ret_dsn);

/* Of a segment that was kept: is it still, at this rate? Its threshold and trace state follow. */
bool pod_policy_keeps(struct segment *segment, double rate);

#endif
