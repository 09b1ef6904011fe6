/* The index of kept crashes: order, caps, what survives a restart, what cannot be read. */
#include "delivery/crash_spool.h"

#include <errno.h>
#include "captured_output.h"
#include "cmocka_test.h"
#include "spool_fixture.h"

#define PLENTY (1u << 20)

static int take(struct crash_spool *spool)
{
	struct item *item = NULL;
	int err = crash_spool_take(spool, &item);
	int number = err < 0 ? err : item_number(item);

	item_release(&item);
	return number;
}

static void put_back(struct crash_spool *spool, uint8_t number, bool is_there)
{
	uint8_t id[CRASH_ID_BYTES] = {number};

	assert_int_equal(crash_spool_put_back(spool, id), is_there);
}

static void discard(struct crash_spool *spool, uint8_t number)
{
	uint8_t id[CRASH_ID_BYTES] = {number};

	crash_spool_remove(spool, id);
}

static void oldest_first_and_held_once(void **state)
{
	struct spool_place place;
	struct crash_spool *spool;

	(void)state;
	spool_place_begin(&place);
	spool = spool_place_open(&place, PLENTY, 8);
	assert_int_equal(take(spool), -ENOENT);
	for (uint8_t i = 1; i <= 3; i++)
		assert_int_equal(spool_place_keep(spool, i), 0);
	assert_int_equal(crash_spool_backlog(spool), 3);
	assert_int_equal(take(spool), 1);
	assert_int_equal(crash_spool_backlog(spool), 2);
	put_back(spool, 1, true); /* behind the others */
	assert_int_equal(take(spool), 2);
	assert_int_equal(take(spool), 3);
	assert_int_equal(take(spool), 1);
	assert_int_equal(take(spool), -ENOENT);
	assert_int_equal(crash_spool_count(spool), 3);
	discard(spool, 2);
	discard(spool, 2);
	put_back(spool, 2, false);
	assert_int_equal(crash_spool_count(spool), 2);
	assert_int_equal(spool_place_files(spool, ".crash"), 2);
	crash_spool_release(&spool);
	crash_spool_release(&spool);
	spool_place_end(&place);
}

/* Whoever had it in memory is gone: everything is in the backlog again, by age. */
static void survives_a_restart(void **state)
{
	struct spool_place place;
	struct crash_spool *spool, *second;

	(void)state;
	spool_place_begin(&place);
	spool = spool_place_open(&place, PLENTY, 8);
	for (uint8_t i = 3; i >= 1; i--)
		assert_int_equal(spool_place_keep(spool, i), 0);
	assert_int_equal(take(spool), 3);
	put_back(spool, 3, true);
	/* While the first lives, a second one has nothing of it. */
	second = spool_place_open(&place, PLENTY, 8);
	assert_int_equal(crash_spool_count(second), 0);
	crash_spool_release(&second);
	crash_spool_release(&spool);
	spool = spool_place_open(&place, PLENTY, 8);
	assert_int_equal(crash_spool_backlog(spool), 3);
	assert_int_equal(take(spool), 3);
	assert_int_equal(take(spool), 2);
	assert_int_equal(take(spool), 1);
	crash_spool_release(&spool);
	spool_place_end(&place);
}

static void capped_in_count(void **state)
{
	struct spool_place place;
	struct crash_spool *spool;
	struct item *lost = NULL;
	bool is_lost = false;

	(void)state;
	spool_place_begin(&place);
	spool = spool_place_open(&place, PLENTY, 2);
	assert_int_equal(spool_place_keep(spool, 1), 0);
	assert_int_equal(spool_place_keep(spool, 2), 0);
	assert_int_equal(spool_place_keep(spool, 3), -ENOBUFS);
	/* Age decides, not whose turn it is. */
	assert_int_equal(take(spool), 1);
	put_back(spool, 1, true);
	assert_int_equal(crash_spool_evict(spool, &lost, &is_lost), 0);
	assert_true(is_lost);
	assert_int_equal(item_number(lost), 1);
	item_release(&lost);
	assert_int_equal(spool_place_keep(spool, 3), 0);
	/* In somebody's memory: no longer kept, but not lost. */
	assert_int_equal(take(spool), 2);
	assert_int_equal(crash_spool_evict(spool, &lost, &is_lost), 0);
	assert_false(is_lost);
	assert_null(lost);
	put_back(spool, 2, false);
	assert_int_equal(spool_place_files(spool, ""), 1);
	assert_int_equal(crash_spool_evict(spool, &lost, &is_lost), 0);
	item_release(&lost);
	assert_int_equal(crash_spool_evict(spool, &lost, &is_lost), -ENOENT);
	assert_int_equal(spool_place_files(spool, ""), 0);
	crash_spool_release(&spool);
	spool_place_end(&place);
}

static void capped_in_bytes(void **state)
{
	struct spool_place place;
	struct crash_spool *spool;
	struct stat status;

	(void)state;
	spool_place_begin(&place);
	spool = spool_place_open(&place, PLENTY, 8);
	assert_int_equal(spool_place_keep(spool, 1), 0);
	assert_int_equal(stat(spool_place_file(spool, 1), &status), 0);
	crash_spool_release(&spool);
	spool = spool_place_open(&place, 2 * (uint64_t)status.st_size, 8);
	assert_int_equal(spool_place_keep(spool, 2), 0);
	assert_int_equal(spool_place_keep(spool, 3), -ENOBUFS);
	discard(spool, 1);
	assert_int_equal(spool_place_keep(spool, 3), 0);
	crash_spool_release(&spool);
	spool = spool_place_open(&place, (uint64_t)status.st_size - 1, 8);
	assert_int_equal(spool_place_keep(spool, 4), -EFBIG);
	crash_spool_release(&spool);
	spool_place_end(&place);
}

static void the_corrupt_is_set_aside(void **state)
{
	struct spool_place place;
	struct crash_spool *spool;
	static struct captured_output log;
	char wanted[512], other[256];

	(void)state;
	spool_place_begin(&place);
	spool = spool_place_open(&place, PLENTY, 8);
	for (uint8_t i = 1; i <= 3; i++)
		assert_int_equal(spool_place_keep(spool, i), 0);
	cut_file(spool_place_file(spool, 1), 100);
	(void)strcpy(other, spool_place_file(spool, 2));
	assert_int_equal(unlink(spool_place_file(spool, 3)), 0);
	assert_int_equal(link(other, spool_place_file(spool, 3)), 0);
	captured_output_begin(&log, STDERR_FILENO);
	assert_int_equal(take(spool), -EBADMSG);
	assert_int_equal(take(spool), 2);
	assert_int_equal(take(spool), -EBADMSG);
	assert_int_equal(take(spool), -ENOENT);
	(void)captured_output_end(&log);
	(void)snprintf(wanted, sizeof(wanted),
		       "limpet: warning: cannot read the crash kept in %s: its size is not the one "
		       "it had; it is set aside as 01000000000000000000000000000000.corrupt\n",
		       spool_place_file(spool, 1));
	assert_memory_equal(log.text, wanted, strlen(wanted));
	assert_non_null(strstr(log.text, "its name is not the one it was written under"));
	assert_int_equal(spool_place_files(spool, ".corrupt"), 2);
	assert_int_equal(crash_spool_count(spool), 1);
	crash_spool_release(&spool);
	/* It stays there, and is not looked at again. */
	spool = spool_place_open(&place, PLENTY, 8);
	assert_int_equal(crash_spool_count(spool), 1);
	assert_int_equal(spool_place_files(spool, ".corrupt"), 2);
	crash_spool_release(&spool);
	spool_place_end(&place);
}

/* Someone who fills the folder with rubbish does not fill the disk by it. */
static void few_are_set_aside(void **state)
{
	struct spool_place place;
	struct crash_spool *spool;
	static struct captured_output log;

	(void)state;
	spool_place_begin(&place);
	spool = spool_place_open(&place, PLENTY, 64);
	for (uint8_t i = 1; i <= 20; i++) {
		assert_int_equal(spool_place_keep(spool, i), 0);
		cut_file(spool_place_file(spool, i), 0);
	}
	captured_output_begin(&log, STDERR_FILENO);
	for (int i = 0; i < 20; i++)
		assert_int_equal(take(spool), -EBADMSG);
	assert_non_null(strstr(captured_output_end(&log), "it was removed\n"));
	assert_int_equal(spool_place_files(spool, ".corrupt"), 16);
	assert_int_equal(spool_place_files(spool, ""), 16);
	crash_spool_release(&spool);
	spool_place_end(&place);
}

static void strange_files_are_left_alone(void **state)
{
	struct spool_place place;
	struct crash_spool *spool;
	static struct captured_output log;
	char path[256];

	(void)state;
	spool_place_begin(&place);
	spool = spool_place_open(&place, PLENTY, 8);
	(void)snprintf(path, sizeof(path), "%s/notes.crash", crash_spool_path(spool));
	(void)close(open(path, O_CREAT | O_WRONLY, 0600));
	assert_int_equal(symlink("/etc/passwd", spool_place_file(spool, 9)), 0);
	crash_spool_release(&spool);
	spool = spool_place_open(&place, PLENTY, 8);
	assert_int_equal(crash_spool_count(spool), 1);
	captured_output_begin(&log, STDERR_FILENO);
	assert_int_equal(take(spool), -EBADMSG); /* the link, by its name */
	assert_non_null(strstr(captured_output_end(&log), "it is no file of ours"));
	assert_int_equal(access(path, F_OK), 0);
	crash_spool_release(&spool);
	spool_place_end(&place);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(oldest_first_and_held_once),
		cmocka_unit_test(survives_a_restart),
		cmocka_unit_test(capped_in_count),
		cmocka_unit_test(capped_in_bytes),
		cmocka_unit_test(the_corrupt_is_set_aside),
		cmocka_unit_test(few_are_set_aside),
		cmocka_unit_test(strange_files_are_left_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
