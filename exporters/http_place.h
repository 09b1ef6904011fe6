/* Where an HTTP destination is, as its identity (exporter.h): the URL without what may be secret.
 */
#ifndef EXPORTERS_HTTP_PLACE_H
#define EXPORTERS_HTTP_PLACE_H

/* Without user, password, query and fragment. The caller frees it; NULL when memory is out. */
char *http_place_of(const char *url);

#endif
