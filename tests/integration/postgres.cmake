# History over a PostgreSQL of the tests' own (tests/lab/postgres.sh), which is a fixture like the lab.
set(postgres_state ${CMAKE_CURRENT_BINARY_DIR}/postgres)
set(postgres_script ${CMAKE_SOURCE_DIR}/tests/lab/postgres.sh)

add_test(NAME postgres_up COMMAND ${postgres_script} up ${postgres_state})
set_tests_properties(postgres_up PROPERTIES FIXTURES_SETUP postgres LABELS integration TIMEOUT 120)
add_test(NAME postgres_down COMMAND ${postgres_script} down ${postgres_state})
set_tests_properties(postgres_down PROPERTIES FIXTURES_CLEANUP postgres LABELS integration TIMEOUT 60)

add_executable(history_postgres_test history_postgres_test.cpp ../support/history_bed.cpp)
target_link_libraries(history_postgres_test PRIVATE mcpctl_core Boost::unit_test_framework)
target_include_directories(history_postgres_test PRIVATE ${CMAKE_SOURCE_DIR}/tests)
target_compile_definitions(history_postgres_test PRIVATE BOOST_TEST_DYN_LINK)
set_target_properties(history_postgres_test PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests) # finds lib/mcpctl from there

# add_postgres_test(NAME COMMAND...): finds the database by MCPCTL_TEST_HISTORY. They run one after the other.
function(add_postgres_test name)
  list(JOIN ARGN "' '" command)
  add_test(NAME integration/${name}
    COMMAND sh -ec ". '${postgres_state}/env'; export MCPCTL_TEST_HISTORY=$PGURL; exec '${command}' --color_output=no")
  set_tests_properties(integration/${name} PROPERTIES FIXTURES_REQUIRED postgres LABELS integration
    RESOURCE_LOCK postgres TIMEOUT 300 ENVIRONMENT "POSTGRES=${postgres_script};POSTGRES_STATE=${postgres_state}")
endfunction()

add_postgres_test(history_postgresql $<TARGET_FILE:mcpctl_unit_tests> --run_test=history_test)
add_postgres_test(history_postgres_restart $<TARGET_FILE:history_postgres_test>)
