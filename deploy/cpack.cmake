# Read by cpack for each kind of package.  An archive is unpacked at the root
# of the file system, as the unit's paths are absolute.
if(CPACK_GENERATOR STREQUAL TGZ)
  set(CPACK_SET_DESTDIR ON)
  set(CPACK_INSTALL_PREFIX /usr/local)
  set(CPACK_INCLUDE_TOPLEVEL_DIRECTORY OFF)
endif()
