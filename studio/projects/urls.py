from django.urls import path

from studio.projects import views

urlpatterns = [
    path("projects/", views.ProjectListView.as_view(), name="project-list"),
    path("projects/<uuid:project_id>/", views.ProjectView.as_view(), name="project"),
    path("projects/<uuid:project_id>/members/", views.MemberListView.as_view(), name="member-list"),
    path("projects/<uuid:project_id>/members/<uuid:member_id>/", views.MemberView.as_view(), name="member"),
]
