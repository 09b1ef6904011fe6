/* One image per file and place: a file loaded twice is two of them. */
#include "crash/crash_images.h"

/* Whose mappings, and where what is made of them goes. */
struct gathering {
	struct crash_images *images;
	struct image_table *table;
	pid_t tgid;
	struct arena *arena;
};

static uint32_t find_image(const struct crash_images *images, const struct image *image,
			   uint64_t base)
{
	for (uint32_t i = images->images_count; i > 0; i--)
		if (images->images[i - 1].key == image->key && images->places[i - 1].start == base)
			return i - 1;
	return NO_IMAGE;
}

static uint32_t add_image(const struct gathering *gathering, const struct image_mapping *mapping,
			  uint64_t base)
{
	struct crash_images *images = gathering->images;
	const struct image *image = mapping->image;
	uint32_t i = images->images_count;

	if (i == MAX_CRASH_IMAGES)
		return NO_IMAGE;
	images->images_count++;
	images->places[i] = (struct crash_image){
		.path = arena_copy(gathering->arena, image->path),
		.start = base,
		.build_id_size = image->file.build_id_size,
	};
	memcpy(images->places[i].build_id, image->file.build_id, MAX_BUILD_ID_BYTES);
	images->images[i] = (struct job_image){
		.path = images->places[i].path,
		.build_id_size = image->file.build_id_size,
		.key = image->key,
		.fd = i < MAX_JOB_FILES ? image_table_fd(gathering->table, gathering->tgid, mapping)
					: -1,
	};
	memcpy(images->images[i].build_id, image->file.build_id, MAX_BUILD_ID_BYTES);
	return i;
}

static void add_mapping(const struct gathering *gathering, const struct image_mapping *mappings,
			uint32_t count, uint32_t i)
{
	const struct image_mapping *mapping = &mappings[i];
	struct crash_images *images = gathering->images;
	uint32_t image = NO_IMAGE;

	if (mapping->image) {
		uint64_t base, size;

		image_table_extent(mappings, count, i, &base, &size);
		image = find_image(images, mapping->image, base);
		if (image == NO_IMAGE)
			image = add_image(gathering, mapping, base);
		if (image != NO_IMAGE && size > images->places[image].size)
			images->places[image].size = size;
	}
	images->mappings[images->mappings_count++] = (struct job_mapping){
		.start = mapping->start,
		.end = mapping->end,
		.file_offset = mapping->file_offset,
		.image = image,
	};
}

/* By its path; without one by the task's name, which the kernel made of the file's. */
static uint32_t find_executable(const struct crash *crash, struct view executable_path)
{
	for (uint32_t i = 0; executable_path.size && i < crash->images_count; i++)
		if (view_equals(crash->images[i].path, executable_path))
			return i;
	for (uint32_t i = 0; i < crash->images_count; i++)
		if (crash->process_name.size &&
		    view_equals(
			    view_take(view_base_name(crash->images[i].path), TASK_NAME_BYTES - 1),
			    crash->process_name))
			return i;
	return NO_IMAGE;
}

void crash_images_gather(struct crash_images *ret, struct image_table *table, pid_t tgid,
			 struct arena *arena)
{
	struct gathering gathering = {ret, table, tgid, arena};
	const struct image_mapping *mappings;
	uint32_t count = image_table_find(table, tgid, &mappings);
	uint32_t room = count < MAX_CRASH_IMAGES ? count : MAX_CRASH_IMAGES;

	*ret = (struct crash_images){.executable = NO_IMAGE};
	if (count == 0)
		return;
	ret->mappings = arena_allocate(arena, count * sizeof(*ret->mappings));
	ret->images = arena_allocate(arena, room * sizeof(*ret->images));
	ret->places = arena_allocate(arena, room * sizeof(*ret->places));
	if (!ret->mappings || !ret->images || !ret->places)
		return;
	for (uint32_t i = 0; i < count; i++)
		add_mapping(&gathering, mappings, count, i);
}

void crash_images_collect(struct crash_images *ret, struct image_table *table,
			  struct view executable_path, struct crash *crash)
{
	crash_images_gather(ret, table, (pid_t)crash->pid, &crash->arena);
	if (!ret->mappings)
		return;
	crash->images = ret->places;
	crash->images_count = ret->images_count;
	ret->executable = find_executable(crash, executable_path);
}

const struct job_mapping *crash_images_find(const struct crash_images *images, uint64_t address)
{
	uint32_t low = 0, high = images->mappings_count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		const struct job_mapping *mapping = &images->mappings[middle];

		if (address < mapping->start)
			high = middle;
		else if (address >= mapping->end)
			low = middle + 1;
		else
			return mapping;
	}
	return NULL;
}

bool crash_images_is_in_app(const struct crash_images *images, const struct crash *crash,
			    uint32_t image)
{
	static const char *const system_places[] = {
		"/lib/", "/lib64/", "/usr/lib/", "/usr/lib64/", "/usr/libexec/", "/lib32/", "["};

	if (image == images->executable)
		return true;
	if (image >= crash->images_count)
		return true; /* code made at run time is the program's */
	for (size_t i = 0; i < sizeof(system_places) / sizeof(system_places[0]); i++)
		if (view_starts_with(crash->images[image].path, view_of_text(system_places[i])))
			return false;
	return true;
}
