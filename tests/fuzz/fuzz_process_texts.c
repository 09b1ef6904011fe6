/* Command line, environment and cgroup of a hostile process: every name taken from them stays
 * within its bounds. */
// fuzz-sources: agent/process/service_name.c agent/process/script_name.c
// fuzz-sources: agent/process/container_id.c agent/process/container_component.c
// fuzz-sources: agent/process/process_environment.c
// fuzz-sources: agent/process/resource_attributes.c agent/process/elf_language.c
// fuzz-sources: agent/process/elf_notes.c agent/model/attribute.c agent/base/arena.c
// fuzz-sources: agent/base/utf8.c agent/base/view.c
#include <assert.h>
#include "base/arena.h"
#include "process/container_id.h"
#include "process/resource_attributes.h"
#include "process/service_name.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct view text = view_of(bytes, size);
	struct service_clues clues = {.command_line = text, .environment = text, .cgroup = text};
	struct attribute_list list = {0};
	struct container_identity container;
	char name[SERVICE_NAME_BYTES];
	struct arena arena;

	for (int runtime = 0; runtime < RUNTIMES_COUNT; runtime++) {
		clues.runtime = (enum process_runtime)runtime;
		service_name_choose(&clues, name);
		assert(memchr(name, '\0', sizeof(name)) && name[0]);
	}
	if (container_id_read(text, &container)) {
		assert(container.id[0] && memchr(container.id, '\0', sizeof(container.id)));
		assert(memchr(container.pod_uid, '\0', sizeof(container.pod_uid)));
	}
	arena_init(&arena, 65536);
	(void)resource_attributes_parse(text, &list, &arena);
	assert(list.count <= MAX_RESOURCE_ATTRIBUTE_PAIRS);
	arena_done(&arena);
	return 0;
}
