"""Addresses of rosters, leave, skills, courses and qualifications."""

from django.urls import path

from pilotharbor.crew.views import courses, leave, qualified, roster, skills

urlpatterns = [
    path("roster", roster.roster, name="roster"),
    path("roster/shifts", roster.shift_new, name="shift_new"),
    path("roster/shifts/<int:shift_id>/withdraw", roster.shift_withdraw, name="shift_withdraw"),
    path("roster/rhythms/new", roster.pattern_new, name="pattern_new"),
    path("roster/rhythms/<int:pattern_id>", roster.pattern_change, name="pattern_change"),
    path("roster/rhythms/<int:pattern_id>/end", roster.pattern_end, name="pattern_end"),
    path("roster/engineers/<int:membership_id>", skills.engineer_detail, name="crew_engineer"),
    path("roster/engineers/<int:membership_id>/skills", skills.skill_grant, name="skill_grant"),
    path("roster/grants/<int:grant_id>/withdraw", skills.skill_withdraw, name="skill_withdraw"),
    path("roster/leave", leave.leave_enter, name="leave_enter"),
    path("skills", skills.skills, name="skills"),
    path("skills/new", skills.skill_new, name="skill_new"),
    path("skills/<int:skill_id>/retire", skills.skill_retire, name="skill_retire"),
    path("skills/lines/<int:line_id>", skills.line_skills, name="line_skills"),
    path("shifts", leave.my_shifts, name="my_shifts"),
    path("leave", leave.leave_ask, name="leave_ask"),
    path("leave/<int:leave_id>", leave.leave_detail, name="leave_detail"),
    path("leave/<int:leave_id>/approve", leave.leave_approve, name="leave_approve"),
    path("leave/<int:leave_id>/refuse", leave.leave_refuse, name="leave_refuse"),
    path("leave/<int:leave_id>/withdraw", leave.leave_withdraw, name="leave_withdraw"),
    path("courses", courses.courses, name="courses"),
    path("courses/new", courses.course_new, name="course_new"),
    path("courses/<int:course_id>", courses.course_detail, name="course_detail"),
    path("courses/<int:course_id>/edit", courses.course_edit, name="course_edit"),
    path("courses/<int:course_id>/close", courses.course_close, name="course_close"),
    path("courses/<int:course_id>/reopen", courses.course_reopen, name="course_reopen"),
    path("courses/<int:course_id>/places", courses.place_ask, name="place_ask"),
    path("courses/<int:course_id>/examinations", courses.examination_new, name="examination_new"),
    path("places/<int:enrolment_id>/back", courses.place_back, name="place_back"),
    path(
        "examinations/<int:examination_id>/correct",
        courses.examination_correct,
        name="examination_correct",
    ),
    path("qualified", qualified.qualified, name="qualified"),
    path("qualifications", qualified.qualifications, name="qualifications"),
    path(
        "qualifications/<int:qualification_id>",
        qualified.qualification_detail,
        name="qualification_detail",
    ),
]
