// One way per argument for an exception to end, or not to end, a C++ program. Lines that throw say so at their end.
#include <cstdio>
#include <cstring>
#include <stdexcept>
#include <string>
#include <thread>

struct ShopError : std::runtime_error {
	using std::runtime_error::runtime_error;
};

__attribute__((noinline)) static void share(const std::string &order)
{
	if (!order.empty())
		throw ShopError(order + " is shared by nobody"); // share
}

int main(int, char **arguments)
{
	if (!strcmp(arguments[1], "uncaught")) {
		share("uncaught");
	} else if (!strcmp(arguments[1], "thread")) {
		std::thread worker(share, "thread");
		worker.join();
	} else {
		try {
			share("caught");
		} catch (const ShopError &) {
			puts("caught");
		}
	}
	return 0;
}
