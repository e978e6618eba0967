"""History: what happened to a project, an application, a placement or a membership, as each reader saw it."""
