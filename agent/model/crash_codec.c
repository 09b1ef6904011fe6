/* The fields of a crash in the order of the file, and the header around them. */
#include "model/crash_codec.h"

#include <endian.h>
#include <errno.h>
#include "base/cleanup.h"
#include "model/byte_walk.h"
#include "model/crash_codec_exception.h"

#define MAX_FINGERPRINT    64
#define MAX_RESOURCE_BYTES (256u << 10)
#define MAX_DECODED_BYTES  (4u * MAX_CRASH_BYTES) /* keys and names are copied too */
#define FRAME_FILE_BYTES   43                     /* of one element in the file, at least */
#define THREAD_FILE_BYTES  16
#define IMAGE_FILE_BYTES   38
#define CRUMB_FILE_BYTES   26
#define STRING_FILE_BYTES  4

static void pass_resource(struct byte_walk *walk, struct resource *resource)
{
	struct arena *arena = walk->arena;

	walk->arena = &resource->arena;
	byte_walk_attributes(walk, &resource->attributes);
	byte_walk_view(walk, &resource->service_name);
	byte_walk_view(walk, &resource->service_version);
	byte_walk_view(walk, &resource->release);
	byte_walk_view(walk, &resource->environment);
	byte_walk_view(walk, &resource->server_name);
	byte_walk_u32(walk, &resource->pid);
	walk->arena = arena;
}

static void pass_session(struct byte_walk *walk, struct session_update *session)
{
	byte_walk_bytes(walk, session->id, sizeof(session->id));
	byte_walk_bool(walk, &session->is_init);
	session->status = (enum session_status)byte_walk_word(walk, (uint8_t)session->status,
							      SESSION_OK, SESSION_ABNORMAL);
	byte_walk_u32(walk, &session->errors);
	byte_walk_u64(walk, &session->started_unix_ns);
	byte_walk_u64(walk, &session->unix_ns);
}

static void pass_image(struct byte_walk *walk, struct crash_image *image)
{
	byte_walk_view(walk, &image->path);
	byte_walk_u64(walk, &image->start);
	byte_walk_u64(walk, &image->size);
	image->build_id_size = byte_walk_word(walk, image->build_id_size, 0, MAX_BUILD_ID_BYTES);
	byte_walk_bytes(walk, image->build_id, image->build_id_size);
	byte_walk_bytes(walk, image->text_hash, sizeof(image->text_hash));
	byte_walk_bool(walk, &image->has_text_hash);
}

static void pass_images(struct byte_walk *walk, struct crash *crash)
{
	byte_walk_count(walk, &crash->images_count, MAX_CRASH_IMAGES, IMAGE_FILE_BYTES);
	crash->images =
		byte_walk_array(walk, crash->images, crash->images_count, sizeof(*crash->images));
	for (uint32_t i = 0; i < crash->images_count && !walk->error; i++)
		BYTE_WALK_ELEMENT(walk, crash->images[i], pass_image(walk, &element));
}

static void pass_frame(struct byte_walk *walk, struct crash_frame *frame, uint32_t images_count)
{
	byte_walk_u64(walk, &frame->pc);
	byte_walk_u64(walk, &frame->function_address);
	byte_walk_view(walk, &frame->function);
	byte_walk_view(walk, &frame->symbol);
	byte_walk_view(walk, &frame->file);
	byte_walk_u32(walk, &frame->line);
	byte_walk_u32(walk, &frame->image);
	byte_walk_u32(walk, &frame->repeats);
	frame->trust = (enum frame_trust)byte_walk_word(walk, (uint8_t)frame->trust, TRUST_CONTEXT,
							TRUST_SCAN);
	byte_walk_bool(walk, &frame->is_exact_pc);
	byte_walk_bool(walk, &frame->is_in_app);
	if (!walk->out && frame->image >= images_count && frame->image != NO_IMAGE)
		byte_walk_fail(walk, "a frame is in an image that is not there");
}

static void pass_thread(struct byte_walk *walk, struct crash_thread *thread, uint32_t images_count)
{
	byte_walk_u32(walk, &thread->tid);
	byte_walk_view(walk, &thread->name);
	byte_walk_bool(walk, &thread->is_crashed);
	byte_walk_bool(walk, &thread->is_main);
	byte_walk_bool(walk, &thread->has_registers);
	byte_walk_bool(walk, &thread->is_truncated);
	for (int i = 0; thread->has_registers && i < REGISTERS_COUNT; i++)
		byte_walk_u64(walk, &thread->registers[i]);
	byte_walk_count(walk, &thread->frames_count, MAX_CRASH_FRAMES, FRAME_FILE_BYTES);
	thread->frames = byte_walk_array(walk, thread->frames, thread->frames_count,
					 sizeof(*thread->frames));
	for (uint32_t i = 0; i < thread->frames_count && !walk->error; i++)
		BYTE_WALK_ELEMENT(walk, thread->frames[i],
				  pass_frame(walk, &element, images_count));
}

static void pass_threads(struct byte_walk *walk, struct crash *crash)
{
	byte_walk_count(walk, &crash->threads_count, MAX_CRASH_THREADS, THREAD_FILE_BYTES);
	crash->threads = byte_walk_array(walk, crash->threads, crash->threads_count,
					 sizeof(*crash->threads));
	for (uint32_t i = 0; i < crash->threads_count && !walk->error; i++)
		BYTE_WALK_ELEMENT(walk, crash->threads[i],
				  pass_thread(walk, &element, crash->images_count));
	byte_walk_u32(walk, &crash->crashed_thread);
	if (!walk->out && crash->threads_count && crash->crashed_thread >= crash->threads_count)
		byte_walk_fail(walk, "the crashed thread is not there");
}

static void pass_breadcrumb(struct byte_walk *walk, struct breadcrumb *crumb)
{
	crumb->kind = (enum breadcrumb_kind)byte_walk_word(walk, (uint8_t)crumb->kind,
							   BREADCRUMB_SPAN, BREADCRUMB_STDERR);
	byte_walk_bool(walk, &crumb->is_error);
	byte_walk_u64(walk, &crumb->unix_ns);
	byte_walk_view(walk, &crumb->category);
	byte_walk_view(walk, &crumb->message);
	byte_walk_attributes(walk, &crumb->attributes);
}

static void pass_breadcrumbs(struct byte_walk *walk, struct crash *crash)
{
	byte_walk_count(walk, &crash->breadcrumbs_count, MAX_CRASH_BREADCRUMBS, CRUMB_FILE_BYTES);
	crash->breadcrumbs = byte_walk_array(walk, crash->breadcrumbs, crash->breadcrumbs_count,
					     sizeof(*crash->breadcrumbs));
	for (uint32_t i = 0; i < crash->breadcrumbs_count && !walk->error; i++)
		BYTE_WALK_ELEMENT(walk, crash->breadcrumbs[i], pass_breadcrumb(walk, &element));
}

static void pass_trace(struct byte_walk *walk, struct crash_trace *trace)
{
	byte_walk_bool(walk, &trace->is_known);
	byte_walk_bytes(walk, trace->trace_id, sizeof(trace->trace_id));
	byte_walk_bytes(walk, trace->span_id, sizeof(trace->span_id));
	byte_walk_bytes(walk, trace->parent_span_id, sizeof(trace->parent_span_id));
	byte_walk_view(walk, &trace->transaction);
	byte_walk_static(walk, &trace->operation);
	byte_walk_static(walk, &trace->source);
	byte_walk_bool(walk, &trace->is_sampled);
	byte_walk_attributes(walk, &trace->request);
}

static void pass_fingerprint(struct byte_walk *walk, struct crash *crash)
{
	byte_walk_count(walk, &crash->fingerprint_count, MAX_FINGERPRINT, STRING_FILE_BYTES);
	crash->fingerprint = byte_walk_array(walk, crash->fingerprint, crash->fingerprint_count,
					     sizeof(*crash->fingerprint));
	for (uint32_t i = 0; i < crash->fingerprint_count && !walk->error; i++)
		byte_walk_view(walk, &crash->fingerprint[i]);
}

/* How it died, and of what. */
static void pass_death(struct byte_walk *walk, struct crash *crash)
{
	byte_walk_bytes(walk, crash->id, sizeof(crash->id));
	crash->kind = (enum crash_kind)byte_walk_word(walk, (uint8_t)crash->kind, CRASH_SIGNAL,
						      CRASH_EXCEPTION);
	byte_walk_u64(walk, &crash->unix_ns);
	byte_walk_u64(walk, &crash->start_unix_ns);
	byte_walk_u32(walk, &crash->pid);
	byte_walk_u32(walk, &crash->tid);
	byte_walk_u32(walk, &crash->uid);
	byte_walk_view(walk, &crash->process_name);
	byte_walk_int(walk, &crash->signal);
	byte_walk_int(walk, &crash->code);
	byte_walk_static(walk, &crash->signal_name);
	byte_walk_static(walk, &crash->code_name);
	byte_walk_bool(walk, &crash->has_fault_address);
	byte_walk_bool(walk, &crash->is_core_dumped);
	byte_walk_bool(walk, &crash->is_metadata_only);
	byte_walk_bool(walk, &crash->is_loss);
	byte_walk_u64(walk, &crash->fault_address);
	byte_walk_int(walk, &crash->exit_status);
	byte_walk_view(walk, &crash->type);
	byte_walk_view(walk, &crash->cause);
	byte_walk_u32(walk, &crash->sender_pid);
	byte_walk_u32(walk, &crash->sender_uid);
	byte_walk_view(walk, &crash->sender_name);
	byte_walk_u64(walk, &crash->memory_limit_bytes);
	byte_walk_u64(walk, &crash->memory_usage_bytes);
}

/* None or one; what it might have been otherwise is settled by now. */
static void pass_throw(struct byte_walk *walk, struct crash *crash)
{
	uint32_t count = crash->thrown != NULL;

	byte_walk_count(walk, &count, 1, THREAD_FILE_BYTES);
	if (count == 0)
		return;
	crash->thrown = byte_walk_array(walk, crash->thrown, count, sizeof(*crash->thrown));
	for (uint32_t i = 0; i < count && !walk->error; i++)
		BYTE_WALK_ELEMENT(walk, crash->thrown[i], {
			byte_walk_view(walk, &element.type);
			byte_walk_view(walk, &element.value);
			byte_walk_bool(walk, &element.is_kept);
			pass_thread(walk, &element.thread, crash->images_count);
			element.otherwise = NULL;
		});
}

static void pass_crash(struct byte_walk *walk, struct crash *crash)
{
	pass_resource(walk, crash->resource);
	pass_death(walk, crash);
	pass_images(walk, crash);
	pass_threads(walk, crash);
	pass_throw(walk, crash);
	pass_breadcrumbs(walk, crash);
	pass_trace(walk, &crash->trace);
	pass_fingerprint(walk, crash);
	crash_codec_exception_pass(walk, crash);
	byte_walk_u64(walk, &crash->suppressed_count);
	byte_walk_attributes(walk, &crash->attributes);
	byte_walk_bool(walk, &crash->has_session);
	if (crash->has_session)
		pass_session(walk, &crash->session);
	byte_walk_long_view(walk, &crash->minidump, MAX_CRASH_BYTES);
}

static void hash_payload(struct view payload, uint8_t ret_digest[SHA256_BYTES])
{
	struct sha256 sha256;

	sha256_init(&sha256);
	sha256_add(&sha256, payload);
	sha256_finish(&sha256, ret_digest);
}

int crash_codec_encode(const struct crash *crash, struct byte_buffer *buffer)
{
	struct crash_codec_header header = {.version = htole32(CRASH_CODEC_VERSION)};
	struct byte_walk walk = {.out = buffer};
	struct crash copy = *crash; /* its arrays are the original's, and only read */
	size_t begin = buffer->size;
	struct view payload;

	memcpy(header.magic, CRASH_CODEC_MAGIC, sizeof(header.magic));
	byte_buffer_append(buffer, view_of(&header, sizeof(header)));
	pass_crash(&walk, &copy);
	if (walk.error)
		return -EINVAL;
	if (buffer->is_failed)
		return buffer->size < buffer->max_bytes / 2 ? -ENOMEM : -EFBIG;
	payload = view_skip(byte_buffer_view(buffer), begin + sizeof(header));
	header.payload_bytes = htole64(payload.size);
	hash_payload(payload, header.payload_sha256);
	memcpy(buffer->bytes + begin, &header, sizeof(header));
	return 0;
}

static const char *check_header(struct view file)
{
	struct crash_codec_header header;
	struct view payload = view_skip(file, sizeof(header));
	uint8_t digest[SHA256_BYTES];

	if (file.size < sizeof(header))
		return "it ends too early";
	memcpy(&header, file.bytes, sizeof(header));
	if (memcmp(header.magic, CRASH_CODEC_MAGIC, sizeof(header.magic)) != 0)
		return "it is not a crash of limpet's";
	if (le32toh(header.version) != CRASH_CODEC_VERSION || header.reserved)
		return "another version of limpet wrote it";
	if (le64toh(header.payload_bytes) != payload.size)
		return "its size is not the one it had";
	hash_payload(payload, digest);
	return memcmp(digest, header.payload_sha256, sizeof(digest)) == 0
		       ? NULL
		       : "its checksum does not match";
}

/* A crash with a resource of its own, roomy enough for what is copied beyond the original. */
static int new_crash(struct crash **ret)
{
	struct resource *resource;
	int err = resource_new(&resource);

	if (err < 0)
		return err;
	resource->arena.max_bytes = MAX_RESOURCE_BYTES;
	err = crash_new(ret, resource);
	resource_release(&resource);
	if (err == 0)
		(*ret)->arena.max_bytes = MAX_DECODED_BYTES;
	return err;
}

int crash_codec_decode(struct crash **ret, struct view file, const char **ret_error)
{
	_cleanup_(crash_free) struct crash *crash = NULL;
	struct byte_walk walk = {.in = view_skip(file, sizeof(struct crash_codec_header))};
	int err;

	walk.error = check_header(file);
	if (walk.error) {
		*ret_error = walk.error;
		return -EBADMSG;
	}
	err = new_crash(&crash);
	if (err < 0)
		return err;
	walk.arena = &crash->arena;
	pass_crash(&walk, crash);
	if (!walk.error && walk.in.size)
		byte_walk_fail(&walk, "more follows than there should be");
	if (walk.error) {
		*ret_error = walk.error;
		return walk.is_out_of_memory ? -ENOMEM : -EBADMSG;
	}
	*ret = TAKE_PTR(crash);
	return 0;
}
