# -*- coding: utf-8 -*-
import json


class Shop(object):
    def total(self, text):
        return sum(json.loads(text))


def grüße(text):
    return Shop().total(text)


grüße('[1, "zwei"')
