"""Daybook's URLs."""

from django.urls import path

from demo_client import learn_pages, pages

app_name = "demo_client"
urlpatterns = [
    path("", pages.home, name="home"),
    path("sign-in", pages.sign_in, name="sign-in"),
    path("callback", pages.callback, name="callback"),
    path("daybook", pages.daybook, name="daybook"),
    path("sign-out", pages.sign_out, name="sign-out"),
    path("learn", learn_pages.learn, name="learn"),
    path("learn/rejections/<str:code>", learn_pages.rejection, name="rejection"),
]
