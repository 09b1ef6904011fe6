/*
 * The lookup of containers on its own, for test_container_names.py. usage: show_container SOCKETS.
 * Each line on stdin is "RUNTIME ID"; the answer is "KEY=VALUE" lines and a line "end known", or
 * "end none".
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "answer_text.h"
#include "containers/container_lookup.h"

static const struct metadata_source *source;

static void show(const char *runtime, const char *id)
{
	enum metadata_state state;
	struct resource *resource;

	if (resource_new(&resource) < 0)
		return;
	attribute_set_string(&resource->attributes, &resource->arena, "container.id",
			     view_of_text(id));
	attribute_set_string(&resource->attributes, &resource->arena, "container.runtime.name",
			     view_of_text(runtime));
	while ((state = source->state(source->self, resource)) == METADATA_PENDING)
		(void)usleep(1000);
	if (state == METADATA_KNOWN)
		source->apply(source->self, resource);
	(void)printf("%send %s\n", answer_text(&resource->attributes),
		     state == METADATA_KNOWN ? "known" : "none");
	(void)fflush(stdout);
	resource_release(&resource);
}

int main(int argc, char **argv)
{
	struct metadata_settings settings = {.container_sockets = argv[argc - 1],
					     .container_labels = (char *)"team"};
	struct container_lookup *lookup;
	struct metadata_source row;
	char line[512], runtime[64], id[256];

	if (container_lookup_new(&lookup, &settings) < 0)
		return 2;
	row = container_lookup_source(lookup);
	source = &row;
	while (fgets(line, sizeof(line), stdin))
		if (sscanf(line, "%63s %255s", runtime, id) == 2)
			show(runtime, id);
	container_lookup_free(&lookup);
	return 0;
}
