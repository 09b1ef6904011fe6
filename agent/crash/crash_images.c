/* One image per file and place: a file loaded twice is two of them. */
#include "crash/crash_images.h"

static uint32_t find_image(const struct crash_images *images, const struct crash *crash,
			   const struct image *image, uint64_t base)
{
	for (uint32_t i = images->images_count; i > 0; i--)
		if (images->images[i - 1].key == image->key && crash->images[i - 1].start == base)
			return i - 1;
	return NO_IMAGE;
}

static uint32_t add_image(struct crash_images *images, struct image_table *table,
			  const struct image_mapping *mapping, uint64_t base, struct crash *crash)
{
	const struct image *image = mapping->image;
	uint32_t i = images->images_count;

	if (i == MAX_CRASH_IMAGES)
		return NO_IMAGE;
	images->images_count++;
	crash->images_count++;
	crash->images[i] = (struct crash_image){
		.path = arena_copy(&crash->arena, image->path),
		.start = base,
		.build_id_size = image->file.build_id_size,
	};
	memcpy(crash->images[i].build_id, image->file.build_id, MAX_BUILD_ID_BYTES);
	images->images[i] = (struct job_image){
		.path = crash->images[i].path,
		.build_id_size = image->file.build_id_size,
		.key = image->key,
		.fd = i < MAX_JOB_FILES ? image_table_fd(table, (pid_t)crash->pid, mapping) : -1,
	};
	memcpy(images->images[i].build_id, image->file.build_id, MAX_BUILD_ID_BYTES);
	return i;
}

static void add_mapping(struct crash_images *images, struct image_table *table,
			const struct image_mapping *mappings, uint32_t count, uint32_t i,
			struct crash *crash)
{
	const struct image_mapping *mapping = &mappings[i];
	uint32_t image = NO_IMAGE;

	if (mapping->image) {
		uint64_t base, size;

		image_table_extent(mappings, count, i, &base, &size);
		image = find_image(images, crash, mapping->image, base);
		if (image == NO_IMAGE)
			image = add_image(images, table, mapping, base, crash);
		if (image != NO_IMAGE && size > crash->images[image].size)
			crash->images[image].size = size;
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

void crash_images_collect(struct crash_images *ret, struct image_table *table,
			  struct view executable_path, struct crash *crash)
{
	const struct image_mapping *mappings;
	uint32_t count = image_table_find(table, (pid_t)crash->pid, &mappings);
	uint32_t room = count < MAX_CRASH_IMAGES ? count : MAX_CRASH_IMAGES;

	*ret = (struct crash_images){.executable = NO_IMAGE};
	if (count == 0)
		return;
	ret->mappings = arena_allocate(&crash->arena, count * sizeof(*ret->mappings));
	ret->images = arena_allocate(&crash->arena, room * sizeof(*ret->images));
	crash->images = arena_allocate(&crash->arena, room * sizeof(*crash->images));
	crash->images_count = 0;
	if (!ret->mappings || !ret->images || !crash->images)
		return;
	for (uint32_t i = 0; i < count; i++)
		add_mapping(ret, table, mappings, count, i, crash);
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
