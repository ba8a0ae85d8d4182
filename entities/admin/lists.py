"""Lists of the admin that a query of the registry finds, page by page, instead of Django's."""

from functools import cached_property
from typing import Any, Protocol, cast

from django.core.paginator import Paginator
from django.http import HttpRequest

from events.admin_kit import MAX_LISTED, PAGE_SIZE, BoundedChangeList
from events.paging import Page


class Finder(Protocol):
    """The admin of such a list: the rows of the page that is asked for, as (unsaved) models."""

    def found(self, asked: "FoundList") -> Page[Any]: ...


class FoundPaginator(Paginator):
    """Page numbers over what was counted."""

    def __init__(self, found: int) -> None:
        super().__init__((), PAGE_SIZE)
        self.found = found

    @cached_property
    def count(self) -> int:
        return min(self.found, MAX_LISTED)

    @property
    def is_cut(self) -> bool:
        return self.found > MAX_LISTED


class FoundList(BoundedChangeList):
    def get_results(self, request: HttpRequest) -> None:
        asked, self.page_num = self.page_num, min(max(self.page_num, 1), MAX_LISTED // PAGE_SIZE)
        page = cast(Finder, self.model_admin).found(self)
        self.paginator = FoundPaginator(page.count or 0)
        if self.page_num > self.paginator.num_pages:
            self.page_num = self.paginator.num_pages
            page = cast(Finder, self.model_admin).found(self)
        if asked != self.page_num:
            self.say_no_page(request, asked)
        self.result_list = list(page.rows)
        self.result_count = self.paginator.count
        self.multi_page = self.result_count > PAGE_SIZE
        self.full_result_count = None
        self.show_full_result_count = self.show_admin_actions = self.can_show_all = False
