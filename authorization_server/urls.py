"""The authorization server's URLs."""

app_name = "authorization_server"
urlpatterns: list[object] = []
