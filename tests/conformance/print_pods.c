/*
 * Follows the pods of a node with limpet's own watch and prints what really changed, a line each:
 *     ADDED NAMESPACE/NAME UID VERSION DEPLOYMENT CONTAINER:ID:RESTARTS,…
 * then, for every line "NAMESPACE NAME KEY" on standard input, what the Secret holds. Ends with its
 * input; last it prints how often it listed, watched and failed. The delays are short ones.
 * usage: print_pods URL NODE TOKEN_FILE CA_FILE [PAGE_ITEMS]
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/clock.h"
#include "kubernetes/pod_table.h"
#include "kubernetes/pod_watch.h"

static const char *or_dash(struct view text, char buffer[256])
{
	(void)snprintf(buffer, 256, "%.*s", VIEW_FORMAT(text));
	return text.size ? buffer : "-";
}

static void print_news(void *self, enum pod_news news, const struct pod *pod)
{
	static const char *const words[] = {"ADDED", "MODIFIED", "DELETED"};
	char deployment[256], id[256];

	(void)self;
	(void)printf("%s %.*s/%.*s %.*s %.*s %s ", words[news], VIEW_FORMAT(pod->namespace),
		     VIEW_FORMAT(pod->name), VIEW_FORMAT(pod->uid),
		     VIEW_FORMAT(pod->resource_version), or_dash(pod->deployment, deployment));
	for (uint32_t i = 0; i < pod->containers_count; i++)
		(void)printf("%s%.*s:%s:%u", i ? "," : "", VIEW_FORMAT(pod->containers[i].name),
			     or_dash(pod->containers[i].id, id), pod->containers[i].restart_count);
	(void)printf("%s\n", pod->containers_count ? "" : "-");
}

static void print_secret(const struct secret_answer *answer)
{
	(void)printf("SECRET %s %s %s %s %s\n", answer->name.namespace, answer->name.name,
		     answer->name.key, answer->err ? strerror(-answer->err) : "ok",
		     answer->err ? "" : answer->value);
}

static void apply(struct pod_table *table, struct pod_change *change)
{
	uint64_t now_ns = clock_monotonic_ns();

	if (change->kind == PODS_LISTING)
		pod_table_begin_list(table);
	else if (change->kind == PODS_LISTED)
		pod_table_end_list(table, now_ns);
	else if (change->kind == PODS_CHANGED)
		pod_table_put(table, &change->pod);
	else if (change->kind == PODS_DELETED)
		pod_table_delete(table, &change->pod, now_ns);
	else
		print_secret(change->secret);
	if (change->kind == PODS_LISTED)
		(void)printf("LISTED %zu\n", pod_table_count(table));
	pod_change_done(change);
	(void)fflush(stdout);
}

/* False: the input has ended. */
static bool take_wish(struct pod_watch *watch)
{
	struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
	struct secret_name name = {0};
	char line[1024];

	if (poll(&input, 1, 5) <= 0)
		return true;
	if (!fgets(line, sizeof(line), stdin))
		return false;
	if (sscanf(line, "%63s %253s %253s", name.namespace, name.name, name.key) == 3 &&
	    !pod_watch_ask_secret(watch, &name))
		(void)printf("SECRET %s %s %s refused\n", name.namespace, name.name, name.key);
	(void)fflush(stdout);
	return true;
}

int main(int argc, char **argv)
{
	struct pod_watch_settings settings = {.request_ms = 5000,
					      .watch_ms = 1000,
					      .idle_ms = 4000,
					      .first_delay_ms = 20,
					      .max_delay_ms = 400};
	static struct drops drops;
	struct pod_changes *changes;
	struct pod_change change;
	struct pod_table *table;
	struct pod_watch *watch;
	struct api_place place;
	struct pod_watch_statistics sum;
	char error[API_ERROR_BYTES];

	if (argc < 5)
		return 2;
	settings.node = argv[2];
	settings.page_items = argc > 5 ? (uint32_t)atoi(argv[5]) : 0;
	(void)setvbuf(stdin, NULL, _IONBF, 0);
	if (api_place_init(&place, argv[1], argv[3], argv[4], error) < 0) {
		(void)fprintf(stderr, "%s\n", error);
		return 1;
	}
	if (pod_changes_new(&changes) < 0 ||
	    pod_table_new(&table, 1000, &(struct pod_table_observer){NULL, print_news}, &drops) <
		    0 ||
	    pod_watch_new(&watch, &place, &settings, changes, &drops) < 0)
		return 1;
	while (take_wish(watch))
		while (pod_changes_take(changes, &change))
			apply(table, &change);
	sum = pod_watch_statistics(watch);
	pod_watch_free(&watch);
	pod_table_free(&table);
	pod_changes_free(&changes);
	(void)printf("SUM %llu lists %llu watches %llu failures %llu unreadable\n",
		     (unsigned long long)sum.lists, (unsigned long long)sum.watches,
		     (unsigned long long)sum.failures,
		     (unsigned long long)drops_get(&drops, DROP_POD_UNREADABLE));
	return 0;
}
