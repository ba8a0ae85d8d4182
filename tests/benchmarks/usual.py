"""The usual list of a Django REST Framework project, on the product's tables; its URLs as well.

As the tutorials have it: related models, nested ModelSerializers, prefetch_related so that there is
no query per row, PageNumberPagination. The columns have the indexes that the product has.
"""

from typing import Any

from django.core.paginator import Paginator
from django.db import models
from django.db.models import Prefetch
from django.urls import include, path
from rest_framework import generics, pagination, renderers, serializers

PAGE = 25


class UsualEntity(models.Model):
    """An entity as it is now: among current rows the uid is unique, so that it can be a key."""

    entity_uid = models.UUIDField(unique=True)
    entity_type = models.TextField(null=True)
    display_name = models.TextField(null=True)
    sort_key = models.TextField(null=True)
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField(null=True)
    is_current = models.BooleanField()
    hashdiff = models.BinaryField()
    location_id = models.CharField(max_length=32)
    recorded_at = models.DateTimeField()

    class Meta:
        app_label = "benchmarks"
        db_table = "entities_entity"
        managed = False


class UsualDetail(models.Model):
    entity = models.ForeignKey(
        UsualEntity,
        models.CASCADE,
        to_field="entity_uid",
        db_column="entity_uid",
        related_name="details",
    )
    detail_code = models.TextField()
    value = models.JSONField()
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField(null=True)
    is_current = models.BooleanField()
    hashdiff = models.BinaryField()

    class Meta:
        app_label = "benchmarks"
        db_table = "entities_entitydetail"
        managed = False


class HexField(serializers.Field):  # type: ignore[type-arg]
    def to_representation(self, value: Any) -> str:
        return bytes(value).hex()


class DetailSerializer(serializers.ModelSerializer):  # type: ignore[type-arg]
    hashdiff = HexField()

    class Meta:
        model = UsualDetail
        fields = ("detail_code", "value", "valid_from", "valid_to", "is_current", "hashdiff")


class EntitySerializer(serializers.ModelSerializer):  # type: ignore[type-arg]
    hashdiff = HexField()
    details = DetailSerializer(many=True)

    class Meta:
        model = UsualEntity
        fields = (
            "entity_uid",
            "entity_type",
            "display_name",
            "valid_from",
            "valid_to",
            "is_current",
            "hashdiff",
            "details",
            "location_id",
            "recorded_at",
        )


class UsualPagination(pagination.PageNumberPagination):
    page_size = PAGE


class _NeverCounted(Paginator):  # type: ignore[type-arg]
    @property
    def count(self) -> int:  # type: ignore[override]
        return 10**9


class UncountedPagination(UsualPagination):
    django_paginator_class = _NeverCounted


class UsualList(generics.ListAPIView):  # type: ignore[type-arg]
    serializer_class = EntitySerializer
    pagination_class: type[pagination.PageNumberPagination] = UsualPagination
    renderer_classes = (renderers.JSONRenderer,)
    authentication_classes = ()
    permission_classes = ()

    def get_queryset(self) -> models.QuerySet[UsualEntity]:
        # Not by `is_current`: the product's indexes would not be found.
        details = UsualDetail.objects.filter(valid_to=None).order_by("detail_code")
        entities = UsualEntity.objects.filter(valid_to=None)
        return entities.prefetch_related(Prefetch("details", details)).order_by(
            "sort_key", "entity_uid"
        )


class UncountedList(UsualList):
    """The same without its dearest part, as who has measured it once would do."""

    pagination_class = UncountedPagination


urlpatterns = [
    path("usual/entities", UsualList.as_view()),
    path("usual/uncounted", UncountedList.as_view()),
    path("", include("sins.urls")),
]
