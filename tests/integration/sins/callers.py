"""Callers with a token or a session, whose names are their roles."""

from typing import Any

from django.contrib.auth.models import Group, User
from django.http import HttpResponse
from django.test import Client
from rest_framework.authtoken.models import Token

PASSWORD = "correct horse battery"
LIST = "/api/customers/items/"


def a_user(*roles: str, name: str = "anna", **values: Any) -> User:
    user = User.objects.create_user(name, password=PASSWORD, **values)
    user.groups.set(Group.objects.filter(name__in=roles))
    return user


def key_of(user: User) -> str:
    return Token.objects.get_or_create(user=user)[0].key


def by_token(user: User, **headers: str) -> Client:
    return Client(headers={"Authorization": f"Token {key_of(user)}", **headers})


def by_session(user: User, **values: Any) -> Client:
    client = Client(**values)
    client.force_login(user)
    return client


def a_write(client: Client, **headers: str) -> HttpResponse:
    """Only staff may."""
    values = {"surname": "Written"}
    return client.post(LIST, values, content_type="application/json", headers=headers)
