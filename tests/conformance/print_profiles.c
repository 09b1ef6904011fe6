/*
 * A known profile and its spans, and one with hostile names, in every format that profiles are
 * written in, for test_profiles.py. usage: print_profiles FOLDER
 */
#include <stdio.h>
#include <stdlib.h>
#include "exporters/exporter.h"
#include "exporters/json_lines/json_lines.h"
#include "exporters/otlp/profile_encoder.h"
#include "exporters/perfetto/perfetto.h"
#include "exporters/profile/profile_files.h"
#include "exporters/sentry/sentry_file.h"
#include "sample_profile.h"
#include "sample_segment.h"

static char error[512], paths[7][512];

static const char *path_of(int i, const char *folder, const char *name, const char *suffix)
{
	(void)snprintf(paths[i], sizeof(paths[i]), "%s/%s.%s", folder, name, suffix);
	return paths[i];
}

static void check(int err)
{
	if (err == 0)
		return;
	(void)fprintf(stderr, "%s\n", error);
	exit(1);
}

static void send_item(struct exporter *exporter, struct item *item)
{
	struct batch batch = {.kind = item->kind, .items = &item, .count = 1};
	struct export_result result;

	if (exporter->ops->wanted_kinds & ITEM_BIT(item->kind))
		exporter->ops->export(exporter, &batch, &result);
	item_release(&item);
}

static void send_all(struct exporter *exporter, struct profile *(*make)(struct resource *resource))
{
	struct resource *resource = sample_resource();
	struct profile *profile = make(resource);
	struct item *item;

	resource_release(&resource);
	send_item(exporter, sample_item(SAMPLE_START_NS));
	check(item_new_profile(&item, &profile));
	send_item(exporter, item);
	send_item(exporter, sample_item(SAMPLE_START_NS + 50000000));
	exporter->ops->close(&exporter);
}

static void write_otlp(const char *path, struct profile *(*make)(struct resource *resource))
{
	struct resource *resource = sample_resource();
	struct profile *profile = make(resource);
	struct otlp_encoder encoder;
	struct item *item;
	FILE *file = fopen(path, "w");

	resource_release(&resource);
	check(item_new_profile(&item, &profile));
	otlp_encoder_init(&encoder);
	check(profile_encoder_encode(&encoder, &item, 1, 8 << 20));
	if (!file || fwrite(encoder.body.bytes, 1, encoder.body.size, file) != encoder.body.size ||
	    fclose(file) != 0)
		exit(1);
	otlp_encoder_done(&encoder);
	item_release(&item);
}

static void write_all(const char *folder, const char *name,
		      struct profile *(*make)(struct resource *resource))
{
	const struct profile_files_settings files = {
		.folded = path_of(0, folder, name, "folded"),
		.pprof = path_of(1, folder, name, "pb.gz"),
		.speedscope = path_of(2, folder, name, "speedscope.json"),
		.has_requests = true,
	};
	struct exporter *exporter;

	check(profile_files_new(&exporter, &files, error, sizeof(error)));
	send_all(exporter, make);
	check(perfetto_new(&exporter, path_of(3, folder, name, "perfetto.json"), error,
			   sizeof(error)));
	send_all(exporter, make);
	check(sentry_file_new(&exporter, path_of(4, folder, name, "envelopes"), NULL, error,
			      sizeof(error)));
	send_all(exporter, make);
	check(json_lines_new(&exporter, path_of(5, folder, name, "jsonl"), error, sizeof(error)));
	send_all(exporter, make);
	write_otlp(path_of(6, folder, name, "otlp"), make);
}

int main(int argc, char **argv)
{
	if (argc != 2)
		return 2;
	write_all(argv[1], "sample", sample_profile_new);
	write_all(argv[1], "hostile", hostile_profile_new);
	return 0;
}
