from django.urls import path, re_path

from isthmus.apps.networks.views import area, networks, plans, rules, uploads, workbench

ENDING = r"(?P<ending>xlsx|csv)"
AREA = r"^areas/(?P<pk>[0-9]{1,18})/networks"

app_name = "networks"
urlpatterns = [
    path("networks/", area.home, name="home"),
    path("networks/<int:pk>/", networks.network_page, name="network"),
    path("networks/<int:pk>/about/", networks.visitor, name="visitor"),
    path("networks/<int:pk>/change/", networks.network_change, name="network_change"),
    path("networks/<int:pk>/dissolve/", networks.network_dissolve, name="network_dissolve"),
    path("networks/<int:pk>/remove/", networks.network_remove, name="network_remove"),
    path("networks/<int:pk>/members/add/", networks.member_add, name="member_add"),
    path("networks/<int:pk>/members/<int:number>/", networks.membership, name="membership"),
    path(
        "networks/<int:pk>/members/<int:number>/remove/", networks.membership_remove, name="membership_remove"
    ),
    path("networks/<int:pk>/sub-groups/new/", networks.sub_group, name="sub_group_new"),
    path("networks/<int:pk>/sub-groups/<int:number>/", networks.sub_group, name="sub_group"),
    path("areas/<int:pk>/networks/", area.area_findings, name="area"),
    path("areas/<int:pk>/networks/list/", area.area_networks, name="networks"),
    path("areas/<int:pk>/networks/map.geojson", area.area_map, name="map"),
    path("areas/<int:pk>/networks/schools/", area.area_schools, name="schools"),
    path("areas/<int:pk>/networks/layers-of-schools/", area.area_matrix, name="matrix"),
    path("areas/<int:pk>/networks/changes/", area.area_changes, name="changes"),
    re_path(rf"{AREA}/schools\.{ENDING}$", area.area_schools_file, name="schools_file"),
    re_path(rf"{AREA}/memberships\.{ENDING}$", area.area_memberships_file, name="memberships_file"),
    re_path(rf"{AREA}/template\.{ENDING}$", area.template_file, name="template"),
    path("areas/<int:pk>/networks/new/", networks.network_new, name="network_new"),
    path("areas/<int:pk>/networks/layers/", networks.layer_list, name="layers"),
    path("areas/<int:pk>/networks/layers/new/", networks.layer, name="layer_new"),
    path("areas/<int:pk>/networks/layers/<int:number>/", networks.layer, name="layer"),
    path("areas/<int:pk>/networks/layers/<int:number>/remove/", networks.layer_remove, name="layer_remove"),
    path("areas/<int:pk>/networks/files/", uploads.upload_list, name="uploads"),
    path("areas/<int:pk>/networks/files/new/", uploads.upload_new, name="upload_new"),
    path("areas/<int:pk>/networks/files/<int:number>/", uploads.upload, name="upload"),
    path("plans/", plans.plan_list, name="plans"),
    path("plans/new/", plans.plan_new, name="plan_new"),
    path("plans/<int:pk>/", plans.plan_detail, name="plan"),
    path("plans/<int:pk>/map.geojson", plans.plan_map, name="plan_map"),
    re_path(
        r"^plans/(?P<pk>[0-9]{1,18})/plan\.(?P<ending>xlsx|csv|geojson)$",
        plans.plan_export,
        name="plan_export",
    ),
    path("plans/<int:pk>/rules/", rules.plan_rules, name="plan_rules"),
    path("plans/<int:pk>/rules/<int:number>/remove/", rules.plan_rule_remove, name="plan_rule_remove"),
    path("plans/<int:pk>/rules/<slug:kind>/", rules.plan_rule_new, name="plan_rule_new"),
    path("plans/<int:pk>/choices/", rules.plan_choices, name="plan_choices"),
    path("plans/<int:pk>/lines.geojson", rules.plan_lines, name="plan_lines"),
    path("plans/<int:pk>/schools.geojson", rules.plan_schools, name="plan_schools"),
    path("plans/<int:pk>/remove/", plans.plan_remove, name="plan_remove"),
    path("plans/<int:pk>/schools/<str:urn>/", workbench.plan_school, name="plan_school"),
    path("plans/<int:pk>/schools/<str:urn>/move/", workbench.move, name="plan_move"),
    path("plans/<int:pk>/workbench/", workbench.workbench, name="workbench"),
    re_path(
        rf"^plans/(?P<pk>[0-9]{{1,18}})/versions\.{ENDING}$", workbench.steps_file, name="plan_versions_file"
    ),
    path("plans/<int:pk>/workbench/undo/", workbench.undo, name="plan_undo"),
    path("plans/<int:pk>/workbench/lock/", workbench.lock, name="plan_lock"),
    path("plans/<int:pk>/workbench/again/", workbench.again, name="plan_again"),
]
