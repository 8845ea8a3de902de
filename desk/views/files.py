"""Files at the desk: the script's protocol, and downloads."""

from desk.page import desk_page
from tickets.uploading import file_views

views = file_views(desk_page)
begin, upload, remove, download = views.begin, views.upload, views.remove, views.download
