import sys
import threading
import urllib.error
import urllib.request
from wsgiref.simple_server import make_server

import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse
from django.urls import path


def divide_by_zero(request):
    return HttpResponse(1 / int(request.GET["by"]))


def missing(request):
    return HttpResponse({}["missing"])


urlpatterns = [path("divide_by_zero", divide_by_zero), path("missing", missing)]
settings.configure(DEBUG=True, SECRET_KEY="x", ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"])
server = make_server("127.0.0.1", 0, get_wsgi_application())
threading.Thread(target=server.serve_forever, daemon=True).start()
for where in ("/divide_by_zero?by=0", "/missing"):
    try:
        urllib.request.urlopen("http://127.0.0.1:%d%s" % (server.server_port, where))
    except urllib.error.HTTPError:
        pass
server.shutdown()
