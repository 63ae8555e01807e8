"""Daybook's URLs."""

from django.urls import path

from demo_client import event_pages, learn_pages, message_pages, pages, place_pages, sign_in_pages, spa_pages
from forgeries.check_api import one_file

app_name = "demo_client"
urlpatterns = [
    path("", pages.home, name="home"),
    path("sign-in", sign_in_pages.sign_in, name="sign-in"),
    path("callback", sign_in_pages.callback, name="callback"),
    path("company/callback", sign_in_pages.callback, name="company-callback"),
    path("spa", spa_pages.spa, name="spa"),
    path("spa/callback", spa_pages.callback, name="spa-callback"),
    path("sign-out", sign_in_pages.sign_out, name="sign-out"),
    path("start-over", sign_in_pages.start_over, name="start-over"),
    path("daybook", pages.daybook, name="daybook"),
    path("daybook/new", event_pages.new_event, name="new-event"),
    path("daybook/ask-for-more", event_pages.ask_for_more, name="ask-for-more"),
    path("daybook/place-name", event_pages.place_name, name="place-name"),
    path("places", place_pages.places, name="places"),
    path("happenings/<int:pk>", message_pages.happening, name="happening"),
    path("messages/<int:pk>", message_pages.message, name="message"),
    path("messages/<int:pk>/change-a-letter", message_pages.change_a_letter, name="change-a-letter"),
    path("messages/<int:pk>/send-again", message_pages.send_again, name="send-again"),
    path("learn", learn_pages.learn, name="learn"),
    path(f"learn/{one_file.NAME}", learn_pages.check_api_file, name="check-api-file"),
    path("learn/verifier", learn_pages.verifier, name="verifier"),
    path("learn/verifier/<str:name>", learn_pages.verifier_file, name="verifier-file"),
    path("learn/rejections/<str:code>", learn_pages.rejection, name="rejection"),
]
