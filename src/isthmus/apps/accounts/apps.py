from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "isthmus.apps.accounts"
    label = "accounts"
