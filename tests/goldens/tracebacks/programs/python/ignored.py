class Connection:
    def __del__(self):
        self.close()

    def close(self):
        raise OSError("already closed")


connection = Connection()
del connection
print("went on", flush=True)
