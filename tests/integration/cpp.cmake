# Integration tests in C++: Boost.Test programs against the lab's engine.
add_executable(docker_orchestrator_test docker_orchestrator_test.cpp)
add_executable(docker_contract_test docker_contract_test.cpp ../support/orchestrator_contract.cpp
  ../support/contract_channels.cpp ../support/contract_life.cpp ../support/contract_networks.cpp ../support/contract_replace.cpp ../support/contract_view.cpp)

foreach(test IN ITEMS orchestrator contract)
  set(program docker_${test}_test)
  target_link_libraries(${program} PRIVATE mcpctl_core Boost::unit_test_framework)
  target_include_directories(${program} PRIVATE ${CMAKE_SOURCE_DIR}/tests)
  target_compile_definitions(${program} PRIVATE BOOST_TEST_DYN_LINK)
  add_test(NAME integration/docker_${test}
    COMMAND sh -ec "'${lab_script}' weak '${lab_state}'; set -a; . '${lab_state}/env'; exec '$<TARGET_FILE:${program}>' --color_output=no")
  set_tests_properties(integration/docker_${test} PROPERTIES FIXTURES_REQUIRED lab LABELS integration
    RESOURCE_LOCK engine TIMEOUT 900)
endforeach()
