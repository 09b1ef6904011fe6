// Every way in which a C++ program says that nobody caught an exception: one per argument.
#include <exception>
#include <iostream>
#include <map>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace shop {
struct refused : std::runtime_error {
	using std::runtime_error::runtime_error;
};
template <typename T> struct odd {
	T value;
};
struct silent : std::exception {
};
}

struct throws_in_destructor {
	~throws_in_destructor() noexcept(true) { throw std::runtime_error("from a destructor"); }
};

int main(int, char **arguments)
{
	std::string way = arguments[1];

	if (way == "out_of_range")
		return std::vector<int>().at(3);
	if (way == "lines")
		throw shop::refused("no money\n\n  left: 0\nin the till");
	if (way == "int")
		throw 42;
	if (way == "template")
		throw shop::odd<std::map<int, std::string>>();
	if (way == "silent")
		throw shop::silent();
	if (way == "empty")
		throw std::runtime_error("");
	if (way == "thread")
		std::thread([] { throw std::logic_error("in a thread"); }).join();
	if (way == "no_exception")
		std::terminate();
	if (way == "destructor")
		throws_in_destructor();
	if (way == "non_ascii")
		throw std::runtime_error("kein Tee f\xc3\xbcr Zo\xc3\xab");
	return 0;
}
