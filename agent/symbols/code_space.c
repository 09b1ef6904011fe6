/* Looks up addresses among the executable mappings of a process. */
#include "symbols/code_space.h"

#include "symbols/call_site.h"
#include "symbols/module.h"

#define CODE_PIECE_BYTES 8192 /* read at once: neighbours are asked for next */

uint32_t unwinder_find_mapping(const struct unwind_space *space, uint64_t address)
{
	uint32_t low = 0, high = space->mappings_count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (address < space->mappings[middle].start)
			high = middle;
		else if (address >= space->mappings[middle].end)
			low = middle + 1;
		else
			return middle;
	}
	return UINT32_MAX;
}

void code_space_find(const struct unwind_space *space, uint64_t pc, struct code_place *ret)
{
	const struct code_mapping *mapping;
	struct module *module;

	*ret = (struct code_place){.mapping = unwinder_find_mapping(space, pc)};
	if (ret->mapping == UINT32_MAX)
		return;
	mapping = &space->mappings[ret->mapping];
	module =
		mapping->image == NO_IMAGE ? NULL : space->find_module(space->self, mapping->image);
	if (!module || module_machine(module) != space->machine ||
	    !module_address(module, mapping->file_offset + (pc - mapping->start), &ret->address))
		return;
	ret->module = module;
	ret->bias = pc - ret->address;
}

struct view code_space_bytes(const struct code_place *place, int64_t offset, size_t size)
{
	uint64_t address = place->address + (uint64_t)offset;
	uint64_t start = address & ~(uint64_t)(CODE_PIECE_BYTES / 2 - 1);
	struct elf_image *image;
	struct view piece;

	if (!place->module)
		return view_of(NULL, 0);
	image = module_image(place->module);
	piece = elf_image_bytes_at(image, start, CODE_PIECE_BYTES);
	/* A segment need not begin with a page. */
	if (piece.size == 0)
		return elf_image_bytes_at(image, address, size);
	return view_take(view_skip(piece, address - start), size);
}

bool code_space_is_return(const struct unwind_space *space, uint64_t address, bool *ret_is_verified)
{
	struct code_place place;
	struct view before;

	*ret_is_verified = false;
	/* A call that never returns may be the last thing in a mapping. */
	code_space_find(space, address - 1, &place);
	place.address++;
	if (!place.module)
		return place.mapping != UINT32_MAX;
	before = code_space_bytes(&place, -CALL_SITE_BYTES, CALL_SITE_BYTES);
	if (before.size < CALL_SITE_BYTES)
		return false;
	*ret_is_verified = true;
	return call_site_ends(space->machine, before);
}
