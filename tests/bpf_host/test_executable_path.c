/* Paths of executables over directories and mounts, and what has none. Forks and programs, told of
 * where rules name executables. */
#include "host_programs.h"
#include "lib/beginnings.bpf.h"

#define MAX_NAMES 64

static struct dentry names[MAX_NAMES];
static struct mount mounts[4];
static struct file file;
static struct mm_struct mm;
static struct task_struct task;
static int names_count;

static struct dentry *add_name(struct dentry *parent, const char *name)
{
	struct dentry *dentry = &names[names_count++];

	dentry->d_parent = parent ? parent : dentry;
	dentry->d_name.name = (const unsigned char *)name;
	dentry->d_name.len = (__u32)strlen(name);
	return dentry;
}

/* below: where it is mounted; NULL: it is the root of its namespace. */
static void add_mount(int number, struct dentry *root, struct mount *below, struct dentry *at)
{
	mounts[number].mnt.mnt_root = root;
	mounts[number].mnt_parent = below ? below : &mounts[number];
	mounts[number].mnt_mountpoint = at ? at : root;
}

static void executes(struct mount *mount, struct dentry *dentry)
{
	file.f_path.mnt = &mount->mnt;
	file.f_path.dentry = dentry;
}

static int begin(void **state)
{
	(void)state;
	host_begin();
	names_count = 0;
	host_settings.trace_all = 1;
	executables_matter = 1;
	task.tgid = 70;
	task.mm = &mm;
	mm.exe_file = &file;
	return 0;
}

static int end(void **state)
{
	(void)state;
	stub_ring_clear();
	return 0;
}

/* NULL: nothing is told. */
static void expect(const char *path)
{
	const struct process_began_record *record;
	bool is_dying = path && strlen(path) % 2; /* it makes no other difference */

	stub_ring_clear();
	beginnings_tell_program(&task, 70, 77, is_dying);
	assert_int_equal(stub_ring.count, path ? 1 : 0);
	assert_int_equal(stub_ring.reserved, 0);
	if (!path)
		return;
	record = stub_ring.records[0];
	assert_ptr_equal(stub_ring.maps[0], &beginnings);
	assert_int_equal(stub_ring.sizes[0], MAX_PROCESS_BEGAN_BYTES);
	assert_int_equal(record->header.kind, RECORD_PROCESS_BEGAN);
	assert_int_equal(record->header.time_ns, 77);
	assert_int_equal(record->tgid, 70);
	assert_int_equal(record->parent_tgid, 0);
	assert_int_equal(record->is_dying, is_dying);
	assert_int_equal(record->path_size, strlen(path));
	assert_memory_equal(record->path + record->path_offset, path, record->path_size);
}

static void over_mounts(void **state)
{
	struct dentry *root, *usr, *top, *bin, *inner;

	(void)state;
	root = add_name(NULL, "/");
	usr = add_name(root, "usr");
	add_mount(0, root, NULL, NULL);
	executes(&mounts[0], add_name(root, "init"));
	expect("/init");
	/* Something mounted at /usr, and on the root of that something else. */
	top = add_name(NULL, "/");
	add_mount(1, top, &mounts[0], usr);
	bin = add_name(top, "bin");
	executes(&mounts[1], add_name(bin, "true"));
	expect("/usr/bin/true");
	inner = add_name(NULL, "/");
	add_mount(2, inner, &mounts[1], top);
	executes(&mounts[2], add_name(inner, "false"));
	expect("/usr/false");
	/* A part of a tree, mounted in another place: what is above it there does not matter. */
	add_mount(3, bin, &mounts[0], usr);
	executes(&mounts[3], add_name(bin, "ls"));
	expect("/usr/ls");
	/* The file itself is what is mounted. */
	add_mount(3, add_name(bin, "one"), &mounts[0], usr);
	executes(&mounts[3], mounts[3].mnt.mnt_root);
	expect("/usr");
}

static void without_a_path(void **state)
{
	struct dentry *root = add_name(NULL, "/"), *gone = add_name(root, "gone");

	(void)state;
	/* Moved out of the part that is mounted. */
	add_mount(0, gone, NULL, NULL);
	executes(&mounts[0], add_name(add_name(root, "elsewhere"), "x"));
	expect(NULL);
	executes(&mounts[0], add_name(root, ""));
	expect(NULL);
	/* Made in memory. */
	executes(&mounts[0], add_name(NULL, "memfd:x"));
	expect("/memfd:x");
}

static void long_ones(void **state)
{
	static char name[257], path[600];
	struct dentry *root = add_name(NULL, "/"), *dentry = root;

	(void)state;
	memset(name, 'n', 255);
	add_mount(0, root, NULL, NULL);
	executes(&mounts[0], add_name(add_name(root, name), name));
	snprintf(path, sizeof(path), "/%s/%s", name, name);
	assert_int_equal(strlen(path), MAX_PROGRAM_PATH);
	expect(path);
	executes(&mounts[0], add_name(add_name(add_name(root, "a"), name), name));
	expect(NULL);
	name[255] = 'n';
	executes(&mounts[0], add_name(root, name));
	expect(NULL);
	/* As many names as steps, but for the one that finds the root. */
	path[0] = '\0';
	for (int i = 0; i < MAX_PATH_STEPS - 1; i++) {
		dentry = add_name(dentry, "d");
		strcat(path, "/d");
	}
	executes(&mounts[0], dentry);
	expect(path);
	executes(&mounts[0], add_name(dentry, "d"));
	expect(NULL);
}

static void forks_and_full_rings(void **state)
{
	const struct process_began_record *record;
	struct dentry *root = add_name(NULL, "/");

	(void)state;
	add_mount(0, root, NULL, NULL);
	executes(&mounts[0], add_name(root, "init"));
	beginnings_tell_fork(7, 8, 55);
	assert_int_equal(stub_ring.count, 1);
	record = stub_ring.records[0];
	assert_int_equal(stub_ring.sizes[0], sizeof(*record));
	assert_int_equal(record->header.size, sizeof(*record));
	assert_int_equal(record->header.time_ns, 55);
	assert_int_equal(record->parent_tgid, 7);
	assert_int_equal(record->tgid, 8);
	assert_int_equal(record->path_size, 0);
	stub_ring.is_full = true;
	beginnings_tell_fork(7, 8, 56);
	beginnings_tell_program(&task, 70, 57, false);
	assert_int_equal(host_drops(DROP_RING_FULL), 2);
	/* Nobody asks. */
	executables_matter = 0;
	beginnings_tell_program(&task, 70, 58, true);
	executables_matter = 1;
	host_settings.trace_all = 0;
	beginnings_tell_fork(7, 8, 59);
	assert_int_equal(host_drops(DROP_RING_FULL), 2);
	stub_ring.is_full = false;
}

/* While nobody reads, who falls is told of longer than who begins. */
static void who_falls_has_room(void **state)
{
	struct dentry *root = add_name(NULL, "/");

	(void)state;
	add_mount(0, root, NULL, NULL);
	executes(&mounts[0], add_name(root, "init"));
	stub_ring_clear();
	stub_ring.size = 1000;
	stub_ring.available = 750;
	beginnings_tell_fork(7, 8, 1);
	assert_int_equal(stub_ring.count, 1);
	stub_ring.available = 751;
	beginnings_tell_fork(7, 8, 2);
	beginnings_tell_program(&task, 70, 3, false);
	assert_int_equal(stub_ring.count, 1);
	assert_int_equal(host_drops(DROP_RING_FULL), 2);
	beginnings_tell_program(&task, 70, 4, true);
	assert_int_equal(stub_ring.count, 2);
	assert_int_equal(host_drops(DROP_RING_FULL), 2);
	stub_ring.size = stub_ring.available = 0;
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(over_mounts, begin, end),
		cmocka_unit_test_setup_teardown(who_falls_has_room, begin, end),
		cmocka_unit_test_setup_teardown(without_a_path, begin, end),
		cmocka_unit_test_setup_teardown(long_ones, begin, end),
		cmocka_unit_test_setup_teardown(forks_and_full_rings, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
