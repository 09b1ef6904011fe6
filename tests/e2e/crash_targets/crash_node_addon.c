/*
 * A native addon for Node with a bug in it: readShelf() writes through a null pointer, two
 * functions down.
 */
#include <node_api.h>

static int *volatile missing_shelf;
static volatile int depth;

__attribute__((noinline)) static void addon_count_stock(void)
{
	*missing_shelf = 3;
	depth++;
}

__attribute__((noinline)) static napi_value addon_read_shelf(napi_env env, napi_callback_info call)
{
	(void)env;
	(void)call;
	addon_count_stock();
	depth++;
	return NULL;
}

NAPI_MODULE_INIT()
{
	napi_value function;

	if (napi_create_function(env, "readShelf", NAPI_AUTO_LENGTH, addon_read_shelf, NULL,
				 &function) == napi_ok)
		napi_set_named_property(env, exports, "readShelf", function);
	return exports;
}
