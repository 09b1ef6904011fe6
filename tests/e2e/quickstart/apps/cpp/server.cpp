// A server that forks a child per connection, as inetd's did: an exception that nobody catches ends one child only.
#include <arpa/inet.h>
#include <csignal>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <sys/socket.h>
#include <unistd.h>

__attribute__((noinline)) static int share(const std::string &order)
{
	if (!order.empty())
		throw std::out_of_range("order " + order + " is shared by nobody");
	return 1;
}

__attribute__((noinline)) static std::string answer(const std::string &path)
{
	if (path.rfind("/crash/", 0) == 0)
		return std::to_string(share(path.substr(7)));
	return "<p>Hello, " + path.substr(7) + "!</p>";
}

static void serve(int connection)
{
	std::string request;
	char buffer[4096];
	while (request.find("\r\n\r\n") == std::string::npos) {
		ssize_t size = read(connection, buffer, sizeof(buffer));
		if (size <= 0)
			return;
		request.append(buffer, size);
	}
	std::string path = request.substr(4, request.find_first_of(" ?", 4) - 4);
	std::string body = answer(path);
	std::string response = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
	if (write(connection, response.data(), response.size()) < 0)
		return;
}

int main()
{
	signal(SIGCHLD, SIG_IGN);
	int listener = socket(AF_INET, SOCK_STREAM, 0), yes = 1;
	setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
	sockaddr_in address = {};
	address.sin_family = AF_INET;
	address.sin_port = htons(atoi(getenv("PORT")));
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (bind(listener, reinterpret_cast<sockaddr *>(&address), sizeof(address)) || listen(listener, 128))
		return 1;
	for (;;) {
		int connection = accept(listener, nullptr, nullptr);
		if (connection >= 0 && fork() == 0) {
			close(listener);
			serve(connection);
			_exit(0);
		}
		close(connection);
	}
}
