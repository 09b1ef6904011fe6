/* Memory of header tables: every byte is charged to the budget that all sessions share. */
#ifndef PROTOCOLS_HTTP2_HPACK_MEMORY_H
#define PROTOCOLS_HTTP2_HPACK_MEMORY_H

#include <stddef.h>

struct session_budget;

/* Zeroed; NULL when the budget or the machine has no more. */
void *hpack_memory_new(struct session_budget *budget, size_t size);
void *hpack_memory_resize(struct session_budget *budget, void *memory, size_t size);
void hpack_memory_free(struct session_budget *budget, void *memory);

#endif
