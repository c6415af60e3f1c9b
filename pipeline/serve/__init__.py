"""The window: the record and the index as pages, for one machine or behind a login.

`app` puts the application together; `guard` says who may; `pages` holds a module for each part of the window, made of
routes over view models; `shell` is what every page shares. Nothing is loaded from elsewhere, and everything works
without JavaScript.
"""
