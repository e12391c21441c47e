"""What can be permitted, in one list: roles name these, views declare them, access functions check them."""

from enum import StrEnum


class Permission(StrEnum):
    """One thing that a role may let a person do."""

    REGISTER_VIEW = "register.view"
    REGISTER_IMPORT = "register.import"
    AREA_MANAGE = "area.manage"
    NETWORK_VIEW = "network.view"
    NETWORK_MANAGE = "network.manage"
    NEEDS_VIEW = "needs.view"
    NEEDS_SAY = "needs.say"
    COMPETITION_KEEP = "competition.keep"
    SURVEY_VIEW = "survey.view"
    SURVEY_RUN = "survey.run"
    PLAN_VIEW = "plan.view"
    PLAN_MAKE = "plan.make"
    JOB_VIEW = "job.view"
    RECORD_VIEW = "record.view"
    RECORD_READ = "record.read"
    PEOPLE_MANAGE = "people.manage"
    SHARING_VIEW = "sharing.view"
    SHARING_MAKE = "sharing.make"
    PRIVACY_MANAGE = "privacy.manage"
    RETENTION_MANAGE = "retention.manage"
    SCHOOL_LEAVE = "school.leave"

    @property
    def words(self) -> str:
        """The permission as a person would say it."""
        return _WORDS[self]


_WORDS = {
    Permission.REGISTER_VIEW: "see the public facts about schools and areas",
    Permission.REGISTER_IMPORT: "bring in new files of the public register",
    Permission.AREA_MANAGE: "make areas, and set their terms, themes and partners",
    Permission.NETWORK_VIEW: "see the networks of the area, or those of their own organisation or network",
    Permission.NETWORK_MANAGE: "found and change networks, and say who is in them from when to when",
    Permission.NEEDS_VIEW: "see what the schools of the area, or their own school, need and can give",
    Permission.NEEDS_SAY: "say what schools of the area, or their own school, need and can give, and their ties",
    Permission.COMPETITION_KEEP: "see and record which schools of the area compete for pupils or staff",
    Permission.SURVEY_VIEW: "see which questionnaires ask their area, network or school, and the reports of them",
    Permission.SURVEY_RUN: "ask people with questionnaires, close them, and read the comments before they are shown",
    Permission.PLAN_VIEW: "see the plans of networks of the area",
    Permission.PLAN_MAKE: "ask for plans of networks, stop them and remove them",
    Permission.JOB_VIEW: "see and stop the long tasks that they started",
    Permission.RECORD_VIEW: "see and keep the published heads of the record that binds them",
    Permission.SHARING_VIEW: "see what the area shows other areas and what they show it, and who could see it",
    Permission.SHARING_MAKE: "show data of the area to another area, and take it back",
    Permission.RECORD_READ: "read in the record who changed what, when and why, and save a copy",
    Permission.PEOPLE_MANAGE: "see who holds which role, invite people, end roles and name successors",
    Permission.PRIVACY_MANAGE: "deal with requests about personal data, and place legal holds",
    Permission.RETENTION_MANAGE: "set who answers for personal data and how long it is kept, see disposals",
    Permission.SCHOOL_LEAVE: "take along all that is kept of a school that leaves, and have it removed here",
}
