/*
 * Where the API server is and how it knows us: its URL, the file of the authority that vouches for
 * it, and the token of our service account. Token and authority are rotated while we run: files are
 * looked at before every request. Watching thread.
 */
#ifndef KUBERNETES_API_PLACE_H
#define KUBERNETES_API_PLACE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

#define API_ERROR_BYTES 256
#define ACCOUNT_FOLDER  "/var/run/secrets/kubernetes.io/serviceaccount"

/* Which version of a file was seen. */
struct file_mark {
	struct timespec changed;
	dev_t device;
	ino_t inode;
	off_t size;
};

struct api_place {
	char *url; /* "https://10.96.0.1:443", without a slash at the end */
	char *token_file;
	char *ca_file;
	char *header; /* "Authorization: Bearer …" */
	struct file_mark token_mark, ca_mark;
};

/*
 * url NULL: from KUBERNETES_SERVICE_HOST and _PORT, which every container of a cluster has. files
 * NULL: those of the pod's own service account. -EINVAL: there is no such place, ret_error says why
 * and the mend. Nothing is read yet.
 */
int api_place_init(struct api_place *place, const char *url, const char *token_file,
		   const char *ca_file, char ret_error[API_ERROR_BYTES]);
void api_place_done(struct api_place *place);

/*
 * Reads the token again when its file has changed. *ret_is_changed: the token or the authority is
 * another one since last time. -errno: there is no usable token; ret_error says why.
 */
int api_place_refresh(struct api_place *place, bool *ret_is_changed,
		      char ret_error[API_ERROR_BYTES]);

/* The token is read again next time, whatever its file looks like: the server refused it. */
void api_place_distrust_token(struct api_place *place);

#endif
