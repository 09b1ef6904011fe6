/* A tree of calls as JSON: its boxes in the order they are drawn, as columns of small numbers, with
 * a table of the names in them. */
#ifndef REPORT_FLAME_COLUMNS_H
#define REPORT_FLAME_COLUMNS_H

#include "exporters/json_writer.h"
#include "model/flame_tree.h"

/*
 * Members "names" ([text, module, kind]) and "boxes" ({depth, name, samples, off}): depth 0 are the
 * children of the root, whose number stands in place of a name. A box that is narrower than one of
 * `narrowest` parts of the box at depth 0, on the CPU and off it, is part of its caller. Values are
 * the box's own, samples and microseconds. -ENOMEM.
 */
int flame_columns_append(struct json_writer *writer, const struct flame_tree *tree,
			 uint64_t narrowest);

#endif
