def main():
    raise RuntimeError("no connection") from ValueError("host is empty")


main()
