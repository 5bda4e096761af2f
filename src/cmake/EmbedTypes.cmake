# cmake -DOUT=types_data.c -DRECORDS="a.json;b.json" -DVOCABS="..." -P EmbedTypes.cmake
# Write record types and vocabularies as a C file.
function(embed LIST FILES)
  set(index "")
  foreach(file IN LISTS FILES)
    get_filename_component(name ${file} NAME_WE)
    string(MAKE_C_IDENTIFIER "${LIST}_${name}" id)
    file(READ ${file} hex HEX)
    string(LENGTH "${hex}" digits)
    math(EXPR bytes "${digits} / 2")
    string(REGEX REPLACE "(..)" "0x\\1," body "${hex}")
    file(APPEND ${OUT} "static const uint8_t ${id}[] = {${body}};\n")
    string(APPEND index "    {\"${name}\", {${id}, ${bytes}}},\n")
  endforeach()
  file(APPEND ${OUT}
    "static const struct c2c_types_file ${LIST}[] = {\n${index}};\n")
endfunction()

string(REPLACE "|" ";" RECORDS "${RECORDS}")
string(REPLACE "|" ";" VOCABS "${VOCABS}")
file(WRITE ${OUT} "#include \"record/types.h\"\n")
embed(records "${RECORDS}")
embed(vocabs "${VOCABS}")
file(APPEND ${OUT} "const struct c2c_types_set c2c_types_builtin = {
    records, sizeof records / sizeof records[0],
    vocabs, sizeof vocabs / sizeof vocabs[0]};\n")
