/* Templates of whole paths, and the caps that keep them few. */
#include "cmocka_test.h"

#include "tracing/route_guesser.h"

static struct route_guesser *new_guesser(size_t max_services, size_t max_routes)
{
	struct route_guesser *guesser;

	assert_int_equal(route_guesser_new(&guesser, max_services, max_routes), 0);
	return guesser;
}

static void assert_guess(struct route_guesser *guesser, const char *service, const char *path,
			 const char *wanted)
{
	char buffer[256];

	assert_view(route_guesser_guess(guesser, view_of_text(service), view_of_text(path), buffer,
					sizeof(buffer)),
		    wanted);
}

static void guesses(void **state)
{
	struct route_guesser *guesser = new_guesser(4, 100);

	(void)state;
	assert_guess(guesser, "shop", "/", "/");
	assert_guess(guesser, "shop", "//", "/");
	assert_guess(guesser, "shop", "/orders/17", "/orders/{id}");
	assert_guess(guesser, "shop", "/orders/18/", "/orders/{id}");
	assert_guess(guesser, "shop", "/api/v1/users/joe@example.com/items/item-42",
		     "/api/v1/users/{email}/items/item-{id}");
	assert_guess(guesser, "shop", "/static/app.3f2a9c.js", "/static/app.{hash}.js");
	assert_guess(guesser, "shop", "/a/b/c/d/e/f/g/h/i/j", "/a/b/c/d/e/f/g/h/i/j");
	assert_guess(guesser, "shop", "/a/b/c/d/e/f/g/h/i/j/k", "/a/b/c/d/e/f/g/h/i/j/*");
	assert_guess(guesser, "shop", "*", "");
	assert_guess(guesser, "shop", "", "");
	assert_guess(guesser, "shop", "a.example:443", "");
	route_guesser_free(&guesser);
	assert_null(guesser);
	route_guesser_free(&guesser);
}

static void folds_beyond_the_cap(void **state)
{
	struct route_guesser *guesser = new_guesser(4, 3);

	(void)state;
	assert_guess(guesser, "shop", "/orders/17", "/orders/{id}");
	assert_guess(guesser, "shop", "/orders/17/items", "/orders/{id}/items");
	assert_guess(guesser, "shop", "/users", "/users");
	assert_guess(guesser, "shop", "/orders/new", "/orders/*");
	assert_guess(guesser, "shop", "/orders", "/orders/*");
	assert_guess(guesser, "shop", "/wp-admin/setup.php", "/*");
	assert_guess(guesser, "shop", "/12/34", "/*");
	assert_guess(guesser, "shop", "/", "/*");
	/* What was known stays known; other services have caps of their own. */
	assert_guess(guesser, "shop", "/orders/99", "/orders/{id}");
	assert_guess(guesser, "web", "/wp-admin/setup.php", "/wp-admin/setup.php");
	route_guesser_free(&guesser);
}

static void services_beyond_the_cap_share(void **state)
{
	struct route_guesser *guesser = new_guesser(1, 2);

	(void)state;
	assert_guess(guesser, "first", "/a", "/a");
	assert_guess(guesser, "second", "/a", "/a");
	assert_guess(guesser, "third", "/b", "/b");
	assert_guess(guesser, "fourth", "/c", "/*");
	assert_guess(guesser, "first", "/c", "/c");
	route_guesser_free(&guesser);
	guesser = new_guesser(0, 0);
	assert_guess(guesser, "first", "/a", "/*");
	route_guesser_free(&guesser);
}

/* However many paths a scanner asks for, the templates stay few. */
static void is_bounded(void **state)
{
	struct route_guesser *guesser = new_guesser(2, 50);
	char path[64], buffer[128], seen[256][32];
	size_t count = 0;

	(void)state;
	for (int i = 0; i < 20000; i++) {
		struct view guess;
		size_t known = 0;

		snprintf(path, sizeof(path), "/%c%c%c/%c", 'a' + i % 26, 'a' + i / 26 % 26,
			 'a' + i / 676 % 26, 'a' + i % 7);
		guess = route_guesser_guess(guesser, VIEW_LITERAL("shop"), view_of_text(path),
					    buffer, sizeof(buffer));
		assert_in_range(guess.size, 2, sizeof(seen[0]) - 1);
		while (known < count && !view_equals(guess, view_of_text(seen[known])))
			known++;
		if (known < count)
			continue;
		assert_in_range(count, 0, 100);
		snprintf(seen[count++], sizeof(seen[0]), "%.*s", VIEW_FORMAT(guess));
	}
	assert_int_equal(count, 101); /* 50, a star behind each of their names, and the bare star */
	route_guesser_free(&guesser);
}

static void folds_what_does_not_fit(void **state)
{
	struct route_guesser *guesser = new_guesser(2, 50);
	char *buffer;

	(void)state;
	assert_guess(guesser, "shop", "/orders/17", "/orders/{id}");
	for (size_t size = 0; size <= 13; size++) {
		struct view guess;

		buffer = malloc(size + 1);
		guess = route_guesser_guess(guesser, VIEW_LITERAL("shop"),
					    VIEW_LITERAL("/orders/17"), buffer, size);
		assert_view(guess, size >= 12  ? "/orders/{id}"
				   : size >= 9 ? "/orders/*"
				   : size >= 2 ? "/*"
					       : "");
		free(buffer);
	}
	route_guesser_free(&guesser);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(guesses),
		cmocka_unit_test(folds_beyond_the_cap),
		cmocka_unit_test(services_beyond_the_cap_share),
		cmocka_unit_test(is_bounded),
		cmocka_unit_test(folds_what_does_not_fit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
