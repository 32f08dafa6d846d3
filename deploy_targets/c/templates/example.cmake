add_executable(${name}_example examples/main.c)
target_link_libraries(${name}_example PRIVATE ${name})
