class Shop:
    class Error(Exception):
        def __str__(self):
            return "sold out: %s" % self.args


def local():
    class Lost(Shop.Error):
        pass
    return Lost


try:
    raise Shop.Error("tea")
except Shop.Error:
    raise local()()
