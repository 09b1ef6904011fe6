/* The samples of a profile in the order most outputs want: thread by thread, on-CPU before off-CPU,
 * by time. */
#ifndef MODEL_PROFILE_ORDER_H
#define MODEL_PROFILE_ORDER_H

#include "model/profile.h"

/* Indices of all samples, to be freed. */
int profile_order_new(uint32_t **ret, const struct profile *profile);

/* How many from `first` on are of the same thread, and on the CPU like it, or off it. */
uint32_t profile_order_run(const struct profile *profile, const uint32_t *order, uint32_t first);

#endif
