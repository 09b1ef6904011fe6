import sys

from django.conf import settings
from django.core.management import execute_from_command_line
from django.http import HttpResponse
from django.urls import path

settings.configure(
    DEBUG=True,
    SECRET_KEY="of the quick start",
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF=__name__,
    MIDDLEWARE=["django.middleware.common.CommonMiddleware"],
)


def hello(request, name):
    return HttpResponse(f"<p>Hello, {name}!</p>")


def divide_by_zero(request, order):
    share(order)
    return HttpResponse("never")


def checkout(request, order):
    try:
        share(order)
    except ZeroDivisionError as error:
        raise ValueError(f"order {order} cannot be delivered") from error


def share(order):
    raise ZeroDivisionError(f"order {order} is shared by nobody")


urlpatterns = [
    path("hello/<str:name>/", hello),
    path("divide-by-zero/<int:order>/", divide_by_zero),
    path("checkout/<int:order>/", checkout),
]

if __name__ == "__main__":
    execute_from_command_line(sys.argv)
