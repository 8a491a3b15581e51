"""Ce que toutes les vues de l'API partagent."""

from rest_framework.pagination import PageNumberPagination


class Pagination(PageNumberPagination):
    page_size_query_param = "taille"
    max_page_size = 200
