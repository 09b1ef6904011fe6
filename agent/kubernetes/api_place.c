/* The token goes into a header: what is not printable would be a header of somebody else's. */
#include "kubernetes/api_place.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/cleanup.h"
#include "base/log.h"
#include "base/view.h"

#define MAX_TOKEN_BYTES 16384
#define PATH_SHOWN      128

static int copy(char **ret, const char *text)
{
	*ret = strdup(text);
	return *ret ? 0 : -ENOMEM;
}

static int find_url(char **ret, const char *url, char ret_error[API_ERROR_BYTES])
{
	const char *host = getenv("KUBERNETES_SERVICE_HOST");
	const char *port = getenv("KUBERNETES_SERVICE_PORT");
	size_t size;

	if (url && strncmp(url, "https://", 8) != 0) {
		(void)snprintf(ret_error, API_ERROR_BYTES,
			       "--kubernetes-server: a token goes only to a URL that begins with "
			       "https://, like https://10.96.0.1:443");
		return -EINVAL;
	}
	if (url) {
		size = strlen(url);
		while (size && url[size - 1] == '/')
			size--;
		*ret = strndup(url, size);
		return *ret ? 0 : -ENOMEM;
	}
	if (!host || !host[0]) {
		(void)snprintf(
			ret_error, API_ERROR_BYTES,
			"kubernetes: the API server is not known: KUBERNETES_SERVICE_HOST is "
			"not set; give its URL with --kubernetes-server");
		return -EINVAL;
	}
	if (asprintf(ret, strchr(host, ':') ? "https://[%s]:%s" : "https://%s:%s", host,
		     port && port[0] ? port : "443") >= 0)
		return 0;
	*ret = NULL;
	return -ENOMEM;
}

int api_place_init(struct api_place *place, const char *url, const char *token_file,
		   const char *ca_file, char ret_error[API_ERROR_BYTES])
{
	struct api_place made = {0};
	int err = find_url(&made.url, url, ret_error);

	if (err == 0)
		err = copy(&made.token_file, token_file ? token_file : ACCOUNT_FOLDER "/token");
	if (err == 0)
		err = copy(&made.ca_file, ca_file ? ca_file : ACCOUNT_FOLDER "/ca.crt");
	if (err == 0) {
		*place = made;
		return 0;
	}
	if (err == -ENOMEM)
		(void)snprintf(ret_error, API_ERROR_BYTES, "kubernetes: out of memory");
	api_place_done(&made);
	return err;
}

void api_place_done(struct api_place *place)
{
	free(place->url);
	free(place->token_file);
	free(place->ca_file);
	free(place->header);
	*place = (struct api_place){0};
}

static bool is_same(const struct file_mark *a, const struct file_mark *b)
{
	return a->changed.tv_sec == b->changed.tv_sec && a->changed.tv_nsec == b->changed.tv_nsec &&
	       a->device == b->device && a->inode == b->inode && a->size == b->size;
}

static struct file_mark mark_of(const struct stat *file)
{
	return (struct file_mark){file->st_mtim, file->st_dev, file->st_ino, file->st_size};
}

static int say(char ret_error[API_ERROR_BYTES], const char *path, const char *cause, int err)
{
	char shown[PATH_SHOWN];

	(void)snprintf(ret_error, API_ERROR_BYTES,
		       "kubernetes: cannot read the token %s: %s; mount the service account's or "
		       "name another with --kubernetes-token-file",
		       log_escape(view_of_text(path), shown, sizeof(shown)), cause);
	return err;
}

static bool is_token(struct view token)
{
	for (size_t i = 0; i < token.size; i++)
		if (token.bytes[i] <= ' ' || token.bytes[i] > '~')
			return false;
	return token.size > 0;
}

static int read_token(struct api_place *place, int fd, char ret_error[API_ERROR_BYTES])
{
	char bytes[MAX_TOKEN_BYTES + 1], *header;
	ssize_t size = read(fd, bytes, sizeof(bytes));
	struct view token;

	if (size < 0)
		return say(ret_error, place->token_file, strerror(errno), -errno);
	token = view_of(bytes, (size_t)size);
	while (token.size && strchr(" \t\r\n", token.bytes[token.size - 1]))
		token.size--;
	if (token.size > MAX_TOKEN_BYTES || !is_token(token))
		return say(ret_error, place->token_file, "not a token", -EINVAL);
	if (asprintf(&header, "Authorization: Bearer %.*s", VIEW_FORMAT(token)) < 0)
		return -ENOMEM;
	free(place->header);
	place->header = header;
	return 0;
}

int api_place_refresh(struct api_place *place, bool *ret_is_changed,
		      char ret_error[API_ERROR_BYTES])
{
	_cleanup_(cleanup_close) int fd =
		open(place->token_file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct file_mark token_mark, ca_mark = {0};
	bool is_changed = false;
	struct stat file;
	int err;

	if (fd < 0 || fstat(fd, &file) < 0)
		return say(ret_error, place->token_file, strerror(errno), -errno);
	token_mark = mark_of(&file);
	if (!place->header || !is_same(&token_mark, &place->token_mark)) {
		err = read_token(place, fd, ret_error);
		if (err < 0)
			return err;
		place->token_mark = token_mark;
		is_changed = true;
	}
	if (stat(place->ca_file, &file) == 0)
		ca_mark = mark_of(&file);
	if (!is_same(&ca_mark, &place->ca_mark)) {
		place->ca_mark = ca_mark;
		is_changed = true;
	}
	*ret_is_changed = is_changed;
	return 0;
}

void api_place_distrust_token(struct api_place *place)
{
	place->token_mark = (struct file_mark){0};
}
