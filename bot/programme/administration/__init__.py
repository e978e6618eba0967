"""The coordinator's own: settings, first use, coordinators, roles of servers, and the doctor."""
