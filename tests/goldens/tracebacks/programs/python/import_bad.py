import os

PATH = os.path.join(os.path.dirname(os.path.abspath(__file__)), "bad_syntax")


def load(path):
    with open(path) as file:
        return compile(file.read(), path, "exec")


exec(load(PATH))
