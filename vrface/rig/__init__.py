"""Faces made of vertices: the one built by code, and avatars that people bring."""
